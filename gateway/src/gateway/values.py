"""Values shared by all types: moments, money, enums."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

import strawberry
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.fields import resolved
from gateway.scalars import Int64

E = TypeVar("E", bound=Enum)

# Minor units in one unit of the currency; ISO 4217 currencies that are not here have two digits.
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def moment(timestamp: Timestamp) -> datetime:
    return datetime.fromtimestamp(timestamp.seconds + timestamp.nanos / 1e9, UTC)


def optional_moment(timestamp: Timestamp) -> datetime | None:
    """None for a timestamp that was never set."""
    return moment(timestamp) if timestamp.seconds or timestamp.nanos else None


def optional(message: Message, field: str) -> Any:
    """A field of a message; None if it is absent."""
    return getattr(message, field) if message.HasField(field) else None


def timestamp(at: datetime) -> Timestamp:
    """A DateTime without an offset is taken as UTC."""
    stamp = Timestamp()
    stamp.FromDatetime(at if at.tzinfo else at.replace(tzinfo=UTC))
    return stamp


def by_number(members: type[E]) -> dict[int, E]:
    """Proto number → enum member; UNSPECIFIED is missing, so that `.get` gives None."""
    return {member.value: member for member in members}


def number(member: Enum | None) -> Any:
    """The proto number, of whichever proto enum it is for; 0, UNSPECIFIED, for None."""
    return 0 if member is None else member.value


def money(amount_minor: int, currency: str) -> Money:
    return Money(amount_minor=Int64(amount_minor), currency=currency)


@strawberry.type(description="An amount of money.")
class Money:
    amount_minor: Int64 = strawberry.field(description="Minor units: fen (分) for CNY.")
    currency: str = strawberry.field(description="ISO 4217 code.")

    @resolved('The same as a decimal text, for example "12.50".')
    def amount(self) -> str:
        digits = _DIGITS.get(self.currency, 2)
        if digits == 0:
            return str(self.amount_minor)
        whole, rest = divmod(abs(self.amount_minor), 10**digits)
        return f"{'-' if self.amount_minor < 0 else ''}{whole}.{rest:0{digits}d}"
