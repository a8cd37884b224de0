"""Enumerations of the domain have the numbers of the contract."""

from enum import IntEnum
from typing import Any


def number(member: IntEnum | None) -> Any:
    """What a field of the enumeration takes; unspecified for None."""
    return 0 if member is None else member.value
