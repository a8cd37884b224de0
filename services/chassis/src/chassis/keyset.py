"""Opaque cursors for keyset pagination: the sort key of the last row, types kept."""

import base64
import json
from datetime import datetime
from uuid import UUID

CursorKey = UUID | datetime | int | str


_ADVICE = "The cursor is not one of this list; take it from the previous page."


class InvalidCursor(ValueError):
    """The cursor was not made by `encode_cursor`: take it from the previous page unchanged."""

    field = "after"


def encode_cursor(*key: CursorKey) -> str:
    packed = json.dumps([_pack(part) for part in key], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).rstrip(b"=").decode()


def decode_cursor(text: str) -> tuple[CursorKey, ...]:
    """Raises InvalidCursor."""
    try:
        packed = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if isinstance(packed, list):
            return tuple(_unpack(tag, value) for tag, value in packed)
    except (ValueError, TypeError) as error:
        raise InvalidCursor(_ADVICE) from error
    raise InvalidCursor(_ADVICE)


def _pack(part: CursorKey) -> tuple[str, str | int]:
    match part:
        case UUID():
            return "u", part.hex
        case datetime():
            return "d", part.isoformat()
        case int():
            return "i", part
        case str():
            return "s", part


def _unpack(tag: str, value: str | int) -> CursorKey:
    match tag, value:
        case "u", str():
            return UUID(value)
        case "d", str():
            return datetime.fromisoformat(value)
        case "i", int():
            return value
        case "s", str():
            return value
    raise InvalidCursor(_ADVICE)
