"""Exports as long work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from uuid import UUID

from segmentation.domain.errors import OperationNotFinished, ResultExpired, ResultNotAllowed, UnsuitableFormat


class ExportKind(IntEnum):
    """Numbered as in quanzi.segmentation.v1.ExportKind."""

    SEGMENT = 1
    FACTS = 2
    MEMBER = 3


class ExportFormat(IntEnum):
    """Numbered as in quanzi.segmentation.v1.ExportFormat."""

    CSV = 1
    PARQUET = 2
    NDJSON = 3


class OperationStatus(IntEnum):
    """Numbered as in quanzi.segmentation.v1.OperationStatus."""

    PENDING = 1
    RUNNING = 2
    SUCCEEDED = 3
    FAILED = 4


class Failure(IntEnum):
    """Why an export came to nothing."""

    SEGMENT_GONE = 1
    MEMBER_GONE = 2
    TOO_LARGE = 3
    GAVE_UP = 4


@dataclass(frozen=True, slots=True)
class SegmentExport:
    segment_id: UUID


@dataclass(frozen=True, slots=True)
class FactsExport:
    """No group means all groups; local dates, both ends included."""

    group_ids: tuple[UUID, ...]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class MemberExport:
    member_id: UUID


Wanted = SegmentExport | FactsExport | MemberExport

_KINDS = {
    SegmentExport: ExportKind.SEGMENT,
    FactsExport: ExportKind.FACTS,
    MemberExport: ExportKind.MEMBER,
}
_FORMATS = {
    ExportKind.SEGMENT: (ExportFormat.CSV, ExportFormat.PARQUET),
    ExportKind.FACTS: (ExportFormat.CSV, ExportFormat.PARQUET),
    ExportKind.MEMBER: (ExportFormat.NDJSON,),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """`attempt` counts from 1 and names the file: whoever works on an older one writes beside it.

    `bytes`, `sha256` (hexadecimal) and `expires_at` are those of the file, once there is one.
    """

    id: UUID
    wanted: Wanted
    format: ExportFormat
    status: OperationStatus
    requested_by: str
    created_at: datetime
    attempt: int = 0
    total: int = 0
    rows: int = 0
    bytes: int = 0
    sha256: str = ""
    failure: Failure | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None

    @classmethod
    def start(
        cls, operation_id: UUID, wanted: Wanted, form: ExportFormat, requested_by: str, now: datetime
    ) -> Operation:
        """Raises UnsuitableFormat."""
        suitable = _FORMATS[_KINDS[type(wanted)]]
        if form not in suitable:
            names = " or ".join(it.name for it in suitable)
            raise UnsuitableFormat(f"Such a file is {names}, not {form.name}")
        return cls(operation_id, wanted, form, OperationStatus.PENDING, requested_by, now)

    @property
    def kind(self) -> ExportKind:
        return _KINDS[type(self.wanted)]

    @property
    def finished(self) -> bool:
        return self.status in (OperationStatus.SUCCEEDED, OperationStatus.FAILED)

    @property
    def progress(self) -> float:
        """0 to 1; 1 only when it has succeeded."""
        if self.status is OperationStatus.SUCCEEDED:
            return 1.0
        return min(self.rows / self.total, 0.99) if self.total else 0.0

    @property
    def file_name(self) -> str:
        """For the one who saves the file."""
        match self.wanted:
            case SegmentExport(segment_id):
                stem = f"segment-{str(segment_id)[-8:]}-{self.created_at:%Y%m%d}"
            case FactsExport(first=first, last=last):
                stem = f"facts-{first}-{last}"
            case MemberExport(member_id):
                stem = f"member-{str(member_id)[-8:]}-{self.created_at:%Y%m%d}"
        return f"{stem}.{self.format.name.lower()}"

    @property
    def stored_as(self) -> str:
        return f"{self.id}.{self.attempt}"

    def give_out(self, roles: frozenset[str], now: datetime) -> None:
        """Raises ResultNotAllowed, OperationNotFinished, ResultExpired."""
        if self.kind is ExportKind.MEMBER and "admin" not in roles:
            raise ResultNotAllowed("What is kept of a member is for admins only")
        if self.status is not OperationStatus.SUCCEEDED or self.expires_at is None:
            raise OperationNotFinished(f"The operation is {self.status.name}: there is no file")
        if now >= self.expires_at:
            raise ResultExpired("The file has expired; start the export again")
