"""The tokens of NATS: JWTs signed with ed25519 nkeys, algorithm `ed25519-nkey`.

Format: https://github.com/nats-io/jwt (v2), read from what nats-server 2.15 sends and accepts.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nkeys
import orjson

_HEADER = {"typ": "JWT", "alg": "ed25519-nkey"}


class MalformedToken(ValueError):
    """Not a JWT with a JSON object inside."""


class Issuer:
    """Signs as the account key whose seed is in the file."""

    def __init__(self, seed_file: Path) -> None:
        self._key = nkeys.from_seed(bytearray(seed_file.read_bytes().strip()))
        self._name = self._key.public_key.decode()

    def sign(self, claims: Mapping[str, Any], issued_at: int) -> str:
        """`issued_at` in Unix seconds."""
        claims = {**claims, "iss": self._name, "iat": issued_at}
        digest = hashlib.sha256(orjson.dumps(claims)).digest()
        claims["jti"] = base64.b32encode(digest).rstrip(b"=").decode()
        body = f"{_encode(orjson.dumps(_HEADER))}.{_encode(orjson.dumps(claims))}"
        return f"{body}.{_encode(self._key.sign(body.encode()))}"


def claims_of(token: bytes) -> dict[str, Any]:
    """Not verified: only the server can publish where the requests come from. Raises MalformedToken."""
    try:
        body = token.split(b".")[1]
        claims = orjson.loads(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    except (IndexError, ValueError) as error:
        raise MalformedToken(str(error)) from error
    if not isinstance(claims, dict):
        raise MalformedToken("the claims are not an object")
    return claims


def _encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
