"""What the use cases of cases need: the smallest interfaces, in domain types."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.domain.case import Case, CaseKind, CaseStatus
from risk.domain.case_step import CaseStep
from risk.domain.verdict import RiskCategory

CASE_LEASE = "case-lease"


@dataclass(frozen=True, slots=True)
class CaseListing:
    """Which cases of a list; what is empty does not restrict. Without statuses: those not closed."""

    statuses: Collection[CaseStatus] = ()
    kind: CaseKind | None = None
    category: RiskCategory | None = None
    group_id: UUID | None = None
    member_ids: Collection[UUID] = ()
    reviewer: str = ""
    overdue_at: datetime | None = None


class Cases(Protocol):
    """Rows that are held stay so until the transaction ends: nobody else decides about them meanwhile."""

    async def add(self, cases: Sequence[Case]) -> set[UUID]:
        """Ids of those stored: of a kind and subject there is one."""
        ...

    async def hold(self, ids: Collection[UUID]) -> Mapping[UUID, Case]:
        """Those that exist, by id, after whoever holds them now."""
        ...

    async def hold_next(self, count: int, kind: CaseKind | None, reviewer: str) -> Sequence[Case]:
        """First ones of the queue that this reviewer may judge; those that somebody holds are passed over."""
        ...

    async def hold_open_of(self, member_ids: Collection[UUID]) -> Sequence[Case]:
        """Those of these members that are not closed, after whoever holds them now."""
        ...

    async def save(self, cases: Sequence[Case]) -> None:
        """Held ones."""
        ...

    async def many(self, ids: Collection[UUID]) -> Sequence[Case]:
        """Those that exist."""
        ...

    async def about(self, kind: CaseKind, subject_id: UUID) -> Case | None: ...

    async def page(self, request: PageRequest, listing: CaseListing) -> Page[Case]:
        """In the order of the queue. Raises InvalidCursor."""
        ...

    async def record(self, steps: Sequence[CaseStep]) -> None: ...

    async def steps(self, case_ids: Collection[UUID]) -> Mapping[UUID, Sequence[CaseStep]]:
        """By case, each in order."""
        ...
