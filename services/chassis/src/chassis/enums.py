"""Enumerations of a domain beside those of the contract, matched by name: QUEUED is TICKET_STATUS_QUEUED."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from google.protobuf.internal.enum_type_wrapper import _EnumTypeWrapper

E = TypeVar("E", bound=Enum)


class WireEnum(Generic[E]):
    """`WireEnum(TicketStatus, tickets_pb2.TicketStatus)`. Raises TypeError unless the names are the same."""

    def __init__(self, members: type[E], contract: _EnumTypeWrapper[Any]) -> None:
        prefix = re.sub(r"(?<=.)(?=[A-Z])", "_", contract.DESCRIPTOR.name).upper() + "_"
        numbers = {name.removeprefix(prefix): number for name, number in contract.items() if number}
        if different := numbers.keys() ^ members.__members__.keys():
            raise TypeError(f"{members.__qualname__} and {contract.DESCRIPTOR.full_name}: {different}")
        self._members = {number: members[name] for name, number in numbers.items()}
        self._numbers = {member: number for number, member in self._members.items()}

    def number(self, member: E | None) -> Any:
        """What a field of the enumeration takes; 0, unspecified, for None."""
        return 0 if member is None else self._numbers[member]

    def member(self, number: int) -> E:
        """Raises KeyError for the unspecified: for fields that the contract requires."""
        return self._members[number]

    def optional(self, number: int) -> E | None:
        """None for the unspecified."""
        return self._members.get(number)
