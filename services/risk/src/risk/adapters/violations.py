"""Violations in PostgreSQL."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.tables import violations
from risk.application.ports import Listing
from risk.domain.errors import ChangedMeanwhile, ViolationNotFound
from risk.domain.ladder import LadderAction
from risk.domain.verdict import RiskCategory, Verdict
from risk.domain.violation import Violation, ViolationStatus

_SAVE = text("""
    update violations
    set status = it.status, handled_at = it.handled_at, appeal_reason = it.appeal_reason
    from unnest(cast(:ids as uuid[]), cast(:were as smallint[]), cast(:statuses as smallint[]),
                cast(:handled_ats as timestamptz[]), cast(:reasons as text[]))
         as it (id, was, status, handled_at, appeal_reason)
    where violations.tenant_id = :tenant_id and violations.id = it.id and violations.status = it.was
""")


class SqlViolations:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def strikes(
        self, member_ids: Collection[UUID], since: datetime
    ) -> Mapping[UUID, Mapping[str, int]]:
        if not member_ids:
            return {}
        counted = (
            select(violations.c.member_id, violations.c.rule, func.count().label("strikes"))
            .where(
                violations.c.member_id.in_(member_ids),
                violations.c.opened_at > since,
                violations.c.status != ViolationStatus.REVERSED.value,
            )
            .group_by(violations.c.member_id, violations.c.rule)
        )
        found: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
        for row in await self._connection.execute(counted):
            found[row.member_id][row.rule] = row.strikes
        return found

    async def last_opened(
        self, member_ids: Collection[UUID], since: datetime
    ) -> Mapping[tuple[UUID, UUID, str], datetime]:
        place = violations.c.member_id, violations.c.group_id, violations.c.rule
        last = (
            select(*place, func.max(violations.c.opened_at).label("last"))
            .where(
                violations.c.member_id.in_(member_ids),
                violations.c.opened_at > since,
                violations.c.status != ViolationStatus.REVERSED.value,
            )
            .group_by(*place)
        )
        return {
            (row.member_id, row.group_id, row.rule): row.last for row in await self._connection.execute(last)
        }

    async def add(self, opened: Sequence[Violation]) -> None:
        if opened:
            rows = [asdict(violation) | {"tenant_id": self._tenant_id} for violation in opened]
            await self._connection.execute(insert(violations), rows)

    async def get(self, violation_id: UUID) -> Violation:
        found = await self.many([violation_id])
        if not found:
            raise ViolationNotFound(f"There is no violation {violation_id}")
        return found[0]

    async def save(self, violation: Violation, was: Violation) -> None:
        await self.save_all([(violation, was)])

    async def save_all(self, changes: Sequence[tuple[Violation, Violation]]) -> None:
        if not changes:
            return
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": [violation.id for violation, _ in changes],
            "were": [was.status.value for _, was in changes],
            "statuses": [violation.status.value for violation, _ in changes],
            "handled_ats": [violation.handled_at for violation, _ in changes],
            "reasons": [violation.appeal_reason for violation, _ in changes],
        }
        if (await self._connection.execute(_SAVE, parameters)).rowcount != len(changes):
            raise ChangedMeanwhile("Somebody else changed the violation just now: look at it again")

    async def many(self, ids: Collection[UUID]) -> Sequence[Violation]:
        rows = await self._connection.execute(select(violations).where(violations.c.id.in_(ids)))
        return [_to_violation(row) for row in rows]

    async def of_activities(self, activity_ids: Collection[UUID]) -> Sequence[Violation]:
        rows = await self._connection.execute(
            select(violations).where(
                violations.c.tenant_id == self._tenant_id, violations.c.activity_id.in_(activity_ids)
            )
        )
        return [_to_violation(row) for row in rows]

    async def page(
        self, request: PageRequest, listing: Listing, status: ViolationStatus | None
    ) -> Page[Violation]:
        matching = select(violations)
        if listing.group_id is not None:
            matching = matching.where(violations.c.group_id == listing.group_id)
        if listing.member_ids:
            matching = matching.where(violations.c.member_id.in_(listing.member_ids))
        if status is not None:
            matching = matching.where(violations.c.status == status.value)
        return await fetch_page(
            self._connection,
            matching,
            (violations.c.opened_at, violations.c.id),
            request,
            _to_violation,
            descending=True,
        )


def _to_violation(row: Row[Any]) -> Violation:
    return Violation(
        id=row.id,
        group_id=row.group_id,
        member_id=row.member_id,
        activity_id=row.activity_id,
        category=RiskCategory(row.category),
        verdict=Verdict(row.verdict),
        status=ViolationStatus(row.status),
        strike=row.strike,
        action=LadderAction(row.action),
        opened_at=row.opened_at,
        masked_text=row.masked_text,
        handled_at=row.handled_at,
        appeal_reason=row.appeal_reason,
        rule=row.rule,
    )
