"""What exports need of the outside."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from segmentation.domain.operation import ExportFormat, Failure, Operation

Cell = str | int | float | bool | datetime | None


class ColumnType(Enum):
    TEXT = "text"
    INTEGER = "integer"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """Named as in the contract. Instants are in UTC."""

    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is made of; `total` is an estimate."""

    columns: Sequence[Column]
    total: int
    batches: AsyncIterator[Sequence[Sequence[Cell]]]


class Operations(Protocol):
    async def add(self, operation: Operation) -> None: ...
    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Operation]: ...
    async def page(self, request: PageRequest) -> Page[Operation]:
        """Newest first."""
        ...

    async def unfinished(self) -> int:
        """How many of the tenant; until the transaction ends nobody else may ask."""
        ...

    async def claim(self, operation_id: UUID, now: datetime, until: datetime) -> Operation | None:
        """Begins an attempt of one that is unfinished and that nobody works on."""
        ...

    async def advance(self, operation_id: UUID, attempt: int, total: int, rows: int, until: datetime) -> bool:
        """False if the attempt is not the latest any more."""
        ...

    async def finish(self, operation: Operation) -> bool:
        """False if its attempt is not the latest any more."""
        ...

    async def with_file_about(self, member_ids: Sequence[UUID]) -> Sequence[Operation]: ...


class ExportReads(Protocol):
    async def segment_size(self, segment_id: UUID) -> int | None:
        """None if there is no such segment."""
        ...

    async def segment_members(
        self, segment_id: UUID, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, datetime]]:
        """(member, since when in the segment), by member."""
        ...

    async def group_ids(self) -> Sequence[UUID]: ...
    async def merged_into(self, member_id: UUID) -> Sequence[UUID]: ...
    def personal_rows(self, member_id: UUID) -> AsyncIterator[tuple[str, str]]:
        """(table, row as JSON) of this service."""
        ...


class Peers(Protocol):
    """The other services."""

    def personal_rows(self, tenant_id: UUID, member_id: UUID) -> AsyncIterator[tuple[str, str, str]]:
        """(service, table, row as JSON)."""
        ...


class Files(Protocol):
    async def put(self, tenant_id: UUID, name: str, number: int, part: bytes) -> None: ...


class Encoder(Protocol):
    """Rows in, bytes of the file out."""

    def rows(self, batch: Sequence[Sequence[Cell]]) -> bytes: ...
    def end(self) -> bytes: ...


Encoders = Callable[[ExportFormat, Sequence[Column]], Encoder]


class ExportFailed(Exception):
    """Trying again would not help."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.name)
        self.failure = failure
