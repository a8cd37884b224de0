"""The operations of docs/guides/dashboards.md, with the variables that follow them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "dashboards.md"
_BLOCK = re.compile(r"^```graphql\n(.*?)^```\n(?:```json\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    text: str
    variables: dict[str, Any]

    @property
    def subscribes(self) -> bool:
        return self.text.startswith("subscription")


def examples() -> list[Example]:
    return [
        Example(re.findall(r"\w+", text)[1], text, json.loads(variables) if variables else {})
        for text, variables in _BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    ]
