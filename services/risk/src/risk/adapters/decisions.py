"""Decisions in PostgreSQL."""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text

from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.earlier_decisions import SqlEarlierDecisions
from risk.adapters.findings import findings_of, findings_to_rows
from risk.adapters.tables import decisions
from risk.application.ports import Listing
from risk.domain.decision import Decision
from risk.domain.screening import Screening
from risk.domain.verdict import Finding, Verdict

_TAKE_TURN = text("select pg_advisory_xact_lock(hashtextextended('risk.decisions/' || :tenant_id, 0))")
_DECIDED = text("""
    select activity_id from decisions
    where tenant_id = :tenant_id and activity_id = any(cast(:ids as uuid[]))
""")
_ADD = text("""
    insert into decisions (tenant_id, activity_id, member_id, group_id, occurred_at, decided_at, verdict,
                           flooding, lexicon_version, policy_version, masked_text, normal_form, findings,
                           fingerprint, model_version, probability, flexible_rule)
    select :tenant_id, it.activity_id, it.member_id, it.group_id, it.occurred_at, :decided_at, it.verdict,
           it.flooding, :lexicon_version, :policy_version, it.masked_text, it.normal_form, it.findings,
           it.fingerprint, :model_version, it.probability, it.flexible_rule
    from unnest(cast(:activity_ids as uuid[]), cast(:member_ids as uuid[]), cast(:group_ids as uuid[]),
                cast(:occurred_ats as timestamptz[]), cast(:verdicts as smallint[]),
                cast(:floodings as boolean[]), cast(:masked_texts as text[]), cast(:normal_forms as text[]),
                cast(:findings as jsonb[]), cast(:fingerprints as bigint[]), cast(:probabilities as real[]),
                cast(:flexible_rules as text[]))
         as it (activity_id, member_id, group_id, occurred_at, verdict, flooding, masked_text, normal_form,
                findings, fingerprint, probability, flexible_rule)
""")


class SqlDecisions(SqlEarlierDecisions):
    async def take_turn(self) -> None:
        await self._connection.execute(_TAKE_TURN, {"tenant_id": str(self._tenant_id)})

    async def undecided(self, activity_ids: Collection[UUID]) -> set[UUID]:
        ids = list(activity_ids)
        decided = await self._connection.execute(_DECIDED, {"tenant_id": self._tenant_id, "ids": ids})
        return set(ids) - set(decided.scalars())

    async def add(self, decisions: Sequence[Decision]) -> None:
        if not decisions:
            return
        # All of a batch are decided at one time by the same versions, and every array costs.
        parameters = {
            "tenant_id": self._tenant_id,
            "decided_at": decisions[0].decided_at,
            "lexicon_version": decisions[0].lexicon_version,
            "policy_version": decisions[0].policy_version,
            "model_version": decisions[0].model_version,
            "activity_ids": [d.activity_id for d in decisions],
            "member_ids": [d.member_id for d in decisions],
            "group_ids": [d.group_id for d in decisions],
            "occurred_ats": [d.occurred_at for d in decisions],
            "verdicts": [d.screening.verdict.value for d in decisions],
            "floodings": [d.is_flooding for d in decisions],
            "masked_texts": [d.screening.masked_text or None for d in decisions],
            "normal_forms": [d.screening.normal_form or None for d in decisions],
            "findings": [_to_json(d.screening.findings) for d in decisions],
            "fingerprints": [d.screening.fingerprint for d in decisions],
            "probabilities": [d.screening.probability for d in decisions],
            "flexible_rules": [d.flexible_rule or None for d in decisions],
        }
        await self._connection.execute(_ADD, parameters)

    async def many(self, activity_ids: Collection[UUID]) -> Sequence[Decision]:
        rows = await self._connection.execute(
            select(decisions).where(
                decisions.c.tenant_id == self._tenant_id, decisions.c.activity_id.in_(activity_ids)
            )
        )
        return [_to_decision(row) for row in rows]

    async def page(self, request: PageRequest, listing: Listing, at_least: Verdict) -> Page[Decision]:
        matching = select(decisions)
        if at_least > Verdict.ALLOW:
            matching = matching.where(decisions.c.verdict > Verdict.ALLOW.value)
        if at_least > Verdict.REVIEW:
            matching = matching.where(decisions.c.verdict >= at_least.value)
        if listing.group_id is not None:
            matching = matching.where(decisions.c.group_id == listing.group_id)
        if listing.member_ids:
            matching = matching.where(decisions.c.member_id.in_(listing.member_ids))
        return await fetch_page(
            self._connection,
            matching,
            (decisions.c.decided_at, decisions.c.activity_id),
            request,
            _to_decision,
            descending=True,
        )


def _to_json(findings: Sequence[Finding]) -> str | None:
    return json.dumps(findings_to_rows(findings), ensure_ascii=False) if findings else None


def _to_decision(row: Row[Any]) -> Decision:
    return Decision(
        activity_id=row.activity_id,
        member_id=row.member_id,
        group_id=row.group_id,
        occurred_at=row.occurred_at,
        decided_at=row.decided_at,
        screening=_to_screening(row),
        lexicon_version=row.lexicon_version,
        policy_version=row.policy_version,
        model_version=row.model_version,
        flexible_rule=row.flexible_rule or "",
    )


def _to_screening(row: Row[Any]) -> Screening:
    return Screening(
        Verdict(row.verdict),
        findings_of(row.findings),
        row.masked_text or "",
        row.normal_form or "",
        row.fingerprint,
        row.probability,
    )
