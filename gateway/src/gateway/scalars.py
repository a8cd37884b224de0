"""Scalars of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

Int64 = NewType("Int64", int)
ConditionJSON = NewType("ConditionJSON", object)

_MOST = 2**63 - 1


def _int64(value: object) -> Int64:
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -_MOST <= value <= _MOST:
        raise ValueError("not a 64-bit integer")
    return Int64(value)


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("a DateTime is a text such as 2026-11-22T09:00:00Z")  # noqa: TRY004 graphql-core wants it
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("a DateTime needs its offset, for example Z or +08:00")
    return at.astimezone(UTC)


def _moment_text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


SCALARS: Mapping[object, ScalarDefinition] = {
    Int64: strawberry.scalar(
        name="Int64", description="A whole number of up to 64 bits.", serialize=int, parse_value=_int64
    ),
    ConditionJSON: strawberry.scalar(
        name="ConditionJSON",
        description="A condition in the shape of `ConditionInput`: give it back there, changed or not.",
        serialize=lambda condition: condition,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment in RFC 3339 with offset; answers are in UTC.",
        serialize=_moment_text,
        parse_value=_moment,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A local date of the tenant, YYYY-MM-DD.",
        serialize=date.isoformat,
        parse_value=date.fromisoformat,
    ),
}
