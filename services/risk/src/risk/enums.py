"""Vocabularies of risk have the numbers of the contract (tests/unit/test_wire.py), also in the tables."""

from enum import IntEnum
from typing import Any, TypeVar

E = TypeVar("E", bound=IntEnum)


def number(member: IntEnum | None) -> Any:
    """What a field of the enumeration takes; 0, unspecified, for None."""
    return 0 if member is None else member.value


def optional(kind: type[E], number: int) -> E | None:
    """None for the unspecified."""
    return kind(number) if number else None
