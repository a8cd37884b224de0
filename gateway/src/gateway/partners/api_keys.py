"""API keys of partners: `qz_<prefix>_<secret>`. The prefix finds a key, the whole of it proves it."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Self

_FORM = re.compile(r"qz_([0-9a-f]{12})_[0-9a-f]{48}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    prefix: str
    text: str = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        prefix = secrets.token_hex(6)
        return cls(prefix, f"qz_{prefix}_{secrets.token_hex(24)}")

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for what cannot be a key."""
        match = _FORM.fullmatch(text)
        return cls(match[1], text) if match else None

    def digest(self, pepper: bytes) -> bytes:
        """What is kept of it: HMAC-SHA256 under the pepper."""
        return hmac.digest(pepper, self.text.encode(), "sha256")
