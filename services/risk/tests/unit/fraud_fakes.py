"""Fraud and audits in memory: the same answers as PostgreSQL gives."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from chassis.paging import Page, PageRequest, page_of
from risk.application.audit_ports import Draw
from risk.domain.audit import Audit, Reads
from risk.domain.audit_policy import AuditPolicy
from risk.domain.blocklist import Block
from risk.domain.decision import Decision
from risk.domain.errors import AuditNotFound, ReminderNotFound
from risk.domain.fraud_policy import FraudPolicy
from risk.domain.payment_reminder import PaymentReminder
from risk.domain.staff import StaffMember

T = TypeVar("T")


@dataclass
class FraudRows:
    """What one tenant has stored of fraud and audits; the last four are what audits find."""

    staff: dict[UUID, StaffMember] = field(default_factory=dict)
    reminders: dict[UUID, PaymentReminder] = field(default_factory=dict)
    blocks: dict[UUID, Block] = field(default_factory=dict)
    fraud_policies: list[FraudPolicy] = field(default_factory=lambda: [FraudPolicy()])
    audits: list[Audit] = field(default_factory=list)
    audit_policies: list[AuditPolicy] = field(default_factory=lambda: [AuditPolicy()])
    reads: dict[tuple[str, date], int] = field(default_factory=dict)
    edited_at: datetime | None = None
    cases: tuple[int, int, datetime | None] = (0, 0, None)
    texts: dict[str, list[str]] = field(default_factory=dict)
    returned: list[str] = field(default_factory=list)


class FakeStaff:
    def __init__(self, rows: FraudRows) -> None:
        self._rows = rows

    async def put(self, member: StaffMember) -> None:
        self._rows.staff[member.id] = member

    async def hold(self, staff_id: UUID) -> StaffMember | None:
        return self._rows.staff.get(staff_id)

    async def many(self, ids: Collection[UUID]) -> Sequence[StaffMember]:
        return [it for it in self._rows.staff.values() if it.id in ids]

    async def all(self) -> Sequence[StaffMember]:
        return sorted(self._rows.staff.values(), key=lambda it: (it.registered_at, it.id))

    async def page(self, request: PageRequest, with_left: bool) -> Page[StaffMember]:
        chosen = [it for it in await self.all() if with_left or it.is_active]
        return _page(chosen, request, lambda it: (it.registered_at, it.id))


class FakePaymentReminders:
    def __init__(self, rows: FraudRows) -> None:
        self._rows = rows

    async def add_where_due(
        self, reminders: Sequence[PaymentReminder], cooldown: timedelta
    ) -> Sequence[PaymentReminder]:
        last = self._rows.reminders
        due = [
            it
            for it in reminders
            if it.group_id not in last or last[it.group_id].due_at + cooldown <= it.due_at
        ]
        last |= {it.group_id: it for it in due}
        return due

    async def deliver(self, reminder_id: UUID, now: datetime) -> PaymentReminder:
        for it in self._rows.reminders.values():
            if it.id == reminder_id:
                delivered = replace(it, delivered_at=it.delivered_at or now)
                self._rows.reminders[it.group_id] = delivered
                return delivered
        raise ReminderNotFound("none")

    async def page(self, request: PageRequest) -> Page[PaymentReminder]:
        newest = sorted(self._rows.reminders.values(), key=lambda it: (it.due_at, it.id), reverse=True)
        return _page(newest, request, lambda it: (it.due_at, it.id), newest_first=True)


class FakeBlocklist:
    def __init__(self, rows: FraudRows) -> None:
        self._rows = rows

    async def put(self, block: Block) -> None:
        self._rows.blocks[block.member_id] = block

    async def remove(self, member_id: UUID, now: datetime) -> Block | None:
        block = self._rows.blocks.pop(member_id, None)
        return block if block and _in_force(block, now) else None

    async def among(self, member_ids: Collection[UUID], now: datetime) -> Mapping[UUID, Block]:
        return {key: it for key, it in self._rows.blocks.items() if key in member_ids and _in_force(it, now)}

    async def page(self, request: PageRequest, now: datetime) -> Page[Block]:
        in_force = [it for it in self._rows.blocks.values() if _in_force(it, now)]
        newest = sorted(in_force, key=lambda it: (it.blocked_at, it.member_id), reverse=True)
        return _page(newest, request, lambda it: (it.blocked_at, it.member_id), newest_first=True)


class FakeFirstWords:
    def __init__(self, decisions: Mapping[UUID, Decision]) -> None:
        self._decisions = decisions

    async def of(self, places: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], datetime]:
        times: defaultdict[tuple[UUID, UUID], list[datetime]] = defaultdict(list)
        for it in self._decisions.values():
            if it.group_id and (it.member_id, it.group_id) in places:
                times[it.member_id, it.group_id].append(it.occurred_at)
        return {place: min(said) for place, said in times.items()}


class FakeAudits:
    def __init__(self, rows: FraudRows) -> None:
        self._rows = rows

    async def add(self, audit: Audit) -> None:
        self._rows.audits.append(audit)

    async def hold(self, audit_id: UUID) -> Audit:
        for audit in self._rows.audits:
            if audit.id == audit_id:
                return audit
        raise AuditNotFound("none")

    async def acknowledge(self, audit: Audit) -> None:
        self._rows.audits = [audit if it.id == audit.id else it for it in self._rows.audits]

    async def last(self) -> Audit | None:
        return max(self._rows.audits, key=lambda it: (it.completed_at, it.id), default=None)

    async def many(self, ids: Collection[UUID]) -> Sequence[Audit]:
        return [it for it in self._rows.audits if it.id in ids]

    async def page(self, request: PageRequest) -> Page[Audit]:
        newest = sorted(self._rows.audits, key=lambda it: (it.completed_at, it.id), reverse=True)
        return _page(newest, request, lambda it: (it.completed_at, it.id), newest_first=True)


class FakeAuditEvidence:
    """What it finds is what was put there; reads alone are counted."""

    def __init__(self, rows: FraudRows) -> None:
        self._rows = rows

    async def lexicon_edited_at(self) -> datetime | None:
        return self._rows.edited_at

    async def cases(self, now: datetime) -> tuple[int, int, datetime | None]:
        return self._rows.cases

    async def sample(self, draw: Draw) -> Mapping[str, Sequence[str]]:
        return {table: texts[: draw.most] for table, texts in self._rows.texts.items()}

    async def returned(self, since: datetime) -> Sequence[str]:
        return self._rows.returned

    async def reads(self, since: datetime, before: datetime) -> Sequence[Reads]:
        first, start = before.astimezone(UTC).date(), since.astimezone(UTC).date()
        found = []
        for subject in sorted({subject for subject, _ in self._rows.reads}):
            days = {day: rows for (whose, day), rows in self._rows.reads.items() if whose == subject}
            now = [rows for day, rows in days.items() if day >= start]
            usual = [rows for day, rows in days.items() if first <= day < start]
            if now:
                found.append(Reads(subject, max(now), sum(usual) / len(usual) if usual else 0.0))
        return found

    async def count_reads(self, subject: str, rows: int, now: datetime) -> None:
        if rows:
            key = subject, now.astimezone(UTC).date()
            self._rows.reads[key] = self._rows.reads.get(key, 0) + rows


def _in_force(block: Block, now: datetime) -> bool:
    return block.until is None or block.until > now


def _page(
    ordered: Sequence[T],
    request: PageRequest,
    key: Callable[[T], tuple[datetime, UUID]],
    newest_first: bool = False,
) -> Page[T]:
    after = request.after
    rest = [it for it in ordered if after is None or (key(it) < after if newest_first else key(it) > after)]
    total = len(ordered) if request.count_total else None
    return page_of(rest[: request.first + 1], request, key, total)
