"""Cases in PostgreSQL."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.case_tables import case_steps, cases
from risk.adapters.findings import findings_of, findings_to_rows
from risk.application.case_ports import CaseListing
from risk.domain.case import WAITING, Case, CaseKind, CaseOutcome, CaseStatus, Evidence
from risk.domain.case_step import CaseStep, CaseStepKind
from risk.domain.verdict import RiskCategory, Verdict
from risk.enums import optional

# Literals, so that the partial index is known to fit.
_WAITING = cases.c.status.in_(
    bindparam("waiting", [status.value for status in WAITING], expanding=True, literal_execute=True)
)
_NOT_CLOSED = [status.value for status in CaseStatus if status is not CaseStatus.CLOSED]
_SAVE = text("""
    update cases
    set status = it.status, version = it.version, reviewer = it.reviewer, lease_until = it.lease_until,
        category = it.category, outcome = it.outcome, closed_at = it.closed_at, reopened_at = it.reopened_at,
        risk = it.risk, strikes = it.strikes, queued_as_of = it.queued_as_of
    from unnest(cast(:ids as uuid[]), cast(:statuses as smallint[]), cast(:versions as integer[]),
                cast(:reviewers as text[]), cast(:leases as timestamptz[]), cast(:categories as smallint[]),
                cast(:outcomes as smallint[]), cast(:closed_ats as timestamptz[]),
                cast(:reopened_ats as timestamptz[]), cast(:risks as smallint[]),
                cast(:strikes as integer[]), cast(:queued_as_ofs as timestamptz[]))
         as it (id, status, version, reviewer, lease_until, category, outcome, closed_at, reopened_at, risk,
                strikes, queued_as_of)
    where cases.tenant_id = :tenant_id and cases.id = it.id
""")


class SqlCases:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def add(self, opened: Sequence[Case]) -> set[UUID]:
        if not opened:
            return set()
        rows = [_to_row(case) | {"tenant_id": self._tenant_id} for case in opened]
        adding = insert(cases).on_conflict_do_nothing().returning(cases.c.id)
        return set((await self._connection.execute(adding, rows)).scalars())

    async def hold(self, ids: Collection[UUID]) -> Mapping[UUID, Case]:
        query = self._cases().where(cases.c.id.in_(ids)).order_by(cases.c.id).with_for_update()
        return {row.id: _to_case(row) for row in await self._connection.execute(query)}

    async def hold_next(self, count: int, kind: CaseKind | None, reviewer: str) -> Sequence[Case]:
        query = self._cases().where(_WAITING, cases.c.barred != reviewer)
        if kind is not None:
            query = query.where(cases.c.kind == kind.value)
        query = query.order_by(cases.c.queued_as_of, cases.c.id).limit(count)
        rows = await self._connection.execute(query.with_for_update(skip_locked=True))
        return [_to_case(row) for row in rows]

    async def hold_open_of(self, member_ids: Collection[UUID]) -> Sequence[Case]:
        query = self._cases().where(cases.c.member_id.in_(member_ids), cases.c.status.in_(_NOT_CLOSED))
        rows = await self._connection.execute(query.order_by(cases.c.id).with_for_update())
        return [_to_case(row) for row in rows]

    async def save(self, changed: Sequence[Case]) -> None:
        if not changed:
            return
        await self._connection.execute(
            _SAVE,
            {
                "tenant_id": self._tenant_id,
                "ids": [case.id for case in changed],
                "statuses": [case.status.value for case in changed],
                "versions": [case.version for case in changed],
                "reviewers": [case.reviewer for case in changed],
                "leases": [case.lease_until for case in changed],
                "categories": [case.category for case in changed],
                "outcomes": [case.outcome for case in changed],
                "closed_ats": [case.closed_at for case in changed],
                "reopened_ats": [case.reopened_at for case in changed],
                "risks": [case.risk for case in changed],
                "strikes": [case.strikes for case in changed],
                "queued_as_ofs": [case.queued_as_of for case in changed],
            },
        )

    async def many(self, ids: Collection[UUID]) -> Sequence[Case]:
        rows = await self._connection.execute(self._cases().where(cases.c.id.in_(ids)))
        return [_to_case(row) for row in rows]

    async def about(self, kind: CaseKind, subject_id: UUID) -> Case | None:
        query = self._cases().where(cases.c.kind == kind.value, cases.c.subject_id == subject_id)
        row = (await self._connection.execute(query)).one_or_none()
        return _to_case(row) if row else None

    async def page(self, request: PageRequest, listing: CaseListing) -> Page[Case]:
        statuses = [status.value for status in listing.statuses] or _NOT_CLOSED
        matching = self._cases().where(cases.c.status.in_(statuses))
        if listing.kind is not None:
            matching = matching.where(cases.c.kind == listing.kind.value)
        if listing.category is not None:
            matching = matching.where(cases.c.category == listing.category.value)
        if listing.group_id is not None:
            matching = matching.where(cases.c.group_id == listing.group_id)
        if listing.member_ids:
            matching = matching.where(cases.c.member_id.in_(listing.member_ids))
        if listing.reviewer:
            matching = matching.where(cases.c.reviewer == listing.reviewer)
        if listing.overdue_at is not None:
            matching = matching.where(
                cases.c.due_at < listing.overdue_at, cases.c.status != CaseStatus.CLOSED.value
            )
        order = cases.c.queued_as_of, cases.c.id
        return await fetch_page(self._connection, matching, order, request, _to_case)

    async def record(self, steps: Sequence[CaseStep]) -> None:
        if steps:
            rows = [
                {
                    "tenant_id": self._tenant_id,
                    "case_id": step.case_id,
                    "number": step.number,
                    "kind": step.kind.value,
                    "at": step.at,
                    "by": step.by,
                    "was": step.was,
                    "became": step.became.value,
                    "text": step.text,
                }
                for step in steps
            ]
            await self._connection.execute(insert(case_steps), rows)

    async def steps(self, case_ids: Collection[UUID]) -> Mapping[UUID, Sequence[CaseStep]]:
        query = (
            select(case_steps)
            .where(case_steps.c.tenant_id == self._tenant_id, case_steps.c.case_id.in_(case_ids))
            .order_by(case_steps.c.case_id, case_steps.c.number)
        )
        found: defaultdict[UUID, list[CaseStep]] = defaultdict(list)
        for row in await self._connection.execute(query):
            found[row.case_id].append(_to_step(row))
        return found

    def _cases(self) -> Select[Any]:
        return select(cases).where(cases.c.tenant_id == self._tenant_id)


def _to_row(case: Case) -> dict[str, Any]:
    evidence = case.evidence
    return {
        "id": case.id,
        "kind": case.kind.value,
        "subject_id": case.subject_id,
        "group_id": case.group_id,
        "member_id": case.member_id,
        "category": case.category,
        "risk": case.risk,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "queued_as_of": case.queued_as_of,
        "masked_text": evidence.masked_text,
        "verdict": evidence.verdict.value,
        "predicted": evidence.predicted,
        "findings": findings_to_rows(evidence.findings),
        "lexicon_version": evidence.lexicon_version,
        "policy_version": evidence.policy_version,
        "model_version": evidence.model_version,
        "status": case.status.value,
        "version": case.version,
        "reviewer": case.reviewer,
        "weight": case.weight,
        "barred": case.barred,
        "strikes": case.strikes,
    }


def _to_case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        kind=CaseKind(row.kind),
        subject_id=row.subject_id,
        group_id=row.group_id,
        member_id=row.member_id,
        category=optional(RiskCategory, row.category),
        risk=row.risk,
        opened_at=row.opened_at,
        due_at=row.due_at,
        queued_as_of=row.queued_as_of,
        evidence=Evidence(
            masked_text=row.masked_text,
            verdict=Verdict(row.verdict),
            findings=findings_of(row.findings),
            lexicon_version=row.lexicon_version,
            policy_version=row.policy_version,
            model_version=row.model_version,
        ),
        status=CaseStatus(row.status),
        version=row.version,
        reviewer=row.reviewer,
        lease_until=row.lease_until,
        outcome=optional(CaseOutcome, row.outcome),
        closed_at=row.closed_at,
        reopened_at=row.reopened_at,
        weight=row.weight,
        barred=row.barred,
        strikes=row.strikes,
    )


def _to_step(row: Row[Any]) -> CaseStep:
    return CaseStep(
        case_id=row.case_id,
        number=row.number,
        kind=CaseStepKind(row.kind),
        at=row.at,
        by=row.by,
        was=optional(CaseStatus, row.was),
        became=CaseStatus(row.became),
        text=row.text,
    )
