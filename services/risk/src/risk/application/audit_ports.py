"""What the use cases of audits need: the smallest interfaces, in domain types."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.domain.audit import Audit, AuditFinding, Reads

AUDIT = "security-audit"


@dataclass(frozen=True, slots=True)
class Draw:
    """At most so many texts of a time from each table; a seed draws the same, as long as they are kept."""

    most: int
    since: datetime
    until: datetime
    seed: UUID


class Audits(Protocol):
    async def add(self, audit: Audit) -> None: ...

    async def hold(self, audit_id: UUID) -> Audit:
        """After whoever changes it now. Raises AuditNotFound."""
        ...

    async def acknowledge(self, audit: Audit) -> None:
        """A held one."""
        ...

    async def last(self) -> Audit | None: ...

    async def many(self, ids: Collection[UUID]) -> Sequence[Audit]:
        """Those that exist."""
        ...

    async def page(self, request: PageRequest) -> Page[Audit]:
        """Newest first."""
        ...


class AuditEvidence(Protocol):
    """What is there to be audited."""

    async def lexicon_edited_at(self) -> datetime | None: ...

    async def cases(self, now: datetime) -> tuple[int, int, datetime | None]:
        """Open, overdue, and when the oldest of these was due."""
        ...

    async def sample(self, draw: Draw) -> Mapping[str, Sequence[str]]:
        """Stored texts by table, each of the time as likely as any other."""
        ...

    async def returned(self, since: datetime) -> Sequence[str]:
        """Userids of staff that left and worked on cases or read them after that, since then."""
        ...

    async def reads(self, since: datetime, before: datetime) -> Sequence[Reads]:
        """Of everybody who read since then; what is usual comes from `before` until then."""
        ...

    async def count_reads(self, subject: str, rows: int, now: datetime) -> None:
        """Somebody has read so many rows about members."""
        ...


class AuditWording(Protocol):
    def advice(self, finding: AuditFinding) -> str:
        """What to do, in the language of moderators."""
        ...
