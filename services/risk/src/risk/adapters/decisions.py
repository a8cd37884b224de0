"""Decisions in PostgreSQL."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.findings import findings_of, findings_to_rows
from risk.adapters.tables import decisions
from risk.application.ports import Listing, Place
from risk.domain.copies import Posting
from risk.domain.decision import Decision, Message
from risk.domain.flooding import Occurrence
from risk.domain.quota import QuotaDay, Used
from risk.domain.rule_preview import FlaggedMessage
from risk.domain.screening import Screening
from risk.domain.verdict import Finding, Verdict

_TAKE_TURN = text("select pg_advisory_xact_lock(hashtextextended('risk.decisions/' || :tenant_id, 0))")
_DECIDED = text("""
    select activity_id from decisions
    where tenant_id = :tenant_id and activity_id = any(cast(:ids as uuid[]))
""")
_AROUND = text("""
    select place.member_id, place.group_id, seen.activity_id, seen.occurred_at, seen.flooding
    from (
        select member_id, group_id,
               min(occurred_at) - cast(:window as interval) as since,
               max(occurred_at) + cast(:window as interval) as until
        from unnest(cast(:member_ids as uuid[]), cast(:group_ids as uuid[]), cast(:times as timestamptz[]))
             as message (member_id, group_id, occurred_at)
        group by member_id, group_id
    ) place
    cross join lateral (
        select activity_id, occurred_at, flooding from decisions
        where tenant_id = :tenant_id and member_id = place.member_id and group_id = place.group_id
          and occurred_at > place.since and occurred_at < place.until
        offset 0
    ) seen
""")
_SAME_TEXTS = text("""
    select own.fingerprint, seen.activity_id, seen.member_id, seen.group_id, seen.occurred_at
    from unnest(cast(:fingerprints as bigint[]), cast(:member_ids as uuid[])) as own (fingerprint, member_id)
    cross join lateral (
        select activity_id, member_id, group_id, occurred_at from decisions
        where tenant_id = :tenant_id and fingerprint = own.fingerprint and member_id = own.member_id
          and group_id is not null and occurred_at > :since and occurred_at <= :until
        order by occurred_at desc
        limit 1000
    ) seen
    union
    select doubtful.fingerprint, seen.activity_id, seen.member_id, seen.group_id, seen.occurred_at
    from unnest(cast(:doubtful as bigint[])) as doubtful (fingerprint)
    cross join lateral (
        select activity_id, member_id, group_id, occurred_at from decisions
        where tenant_id = :tenant_id and fingerprint = doubtful.fingerprint
          and group_id is not null and occurred_at > :since and occurred_at <= :until
        order by occurred_at desc
        limit 1000
    ) seen
""")
_USED_QUOTAS = text("""
    select asked.member_id, asked.group_id, asked.rule, asked.day, count(*) as messages,
           bool_or(seen.flooding) as flooded
    from unnest(cast(:member_ids as uuid[]), cast(:group_ids as uuid[]), cast(:rules as text[]),
                cast(:days as date[])) as asked (member_id, group_id, rule, day)
    join decisions seen
      on seen.tenant_id = :tenant_id and seen.member_id = asked.member_id and seen.group_id = asked.group_id
     and seen.occurred_at >= cast(asked.day as timestamp) at time zone :zone
     and seen.occurred_at < cast(asked.day + 1 as timestamp) at time zone :zone
     and seen.flexible_rule = asked.rule
    group by 1, 2, 3, 4
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


class SqlDecisions:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def take_turn(self) -> None:
        await self._connection.execute(_TAKE_TURN, {"tenant_id": str(self._tenant_id)})

    async def undecided(self, activity_ids: Collection[UUID]) -> set[UUID]:
        ids = list(activity_ids)
        decided = await self._connection.execute(_DECIDED, {"tenant_id": self._tenant_id, "ids": ids})
        return set(ids) - set(decided.scalars())

    async def around(
        self, messages: Sequence[Message], window: timedelta
    ) -> Mapping[Place, Sequence[Occurrence]]:
        if not messages:
            return {}
        parameters = {
            "tenant_id": self._tenant_id,
            "window": window,
            "member_ids": [message.member_id for message in messages],
            "group_ids": [message.group_id for message in messages],
            "times": [message.occurred_at for message in messages],
        }
        by_place: defaultdict[Place, list[Occurrence]] = defaultdict(list)
        for row in await self._connection.execute(_AROUND, parameters):
            occurrence = Occurrence(row.activity_id, row.occurred_at, row.flooding)
            by_place[row.member_id, row.group_id].append(occurrence)
        return by_place

    async def same_texts(
        self,
        postings: Mapping[int, Sequence[Posting]],
        doubtful: Collection[int],
        window: timedelta,
    ) -> Mapping[int, Sequence[Posting]]:
        if not postings:
            return {}
        times = [it.occurred_at for said in postings.values() for it in said]
        pairs = {(fingerprint, it.member_id) for fingerprint, said in postings.items() for it in said}
        parameters = {
            "tenant_id": self._tenant_id,
            "fingerprints": [fingerprint for fingerprint, _ in pairs],
            "member_ids": [member_id for _, member_id in pairs],
            "doubtful": list(doubtful),
            "since": min(times) - window,
            "until": max(times),
        }
        by_text: defaultdict[int, list[Posting]] = defaultdict(list)
        for row in await self._connection.execute(_SAME_TEXTS, parameters):
            posting = Posting(row.activity_id, row.member_id, row.group_id, row.occurred_at)
            by_text[row.fingerprint].append(posting)
        return by_text

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

    async def used_quotas(self, days: Collection[QuotaDay], zone: ZoneInfo) -> Mapping[QuotaDay, Used]:
        asked = list(days)
        parameters = {
            "tenant_id": self._tenant_id,
            "zone": zone.key,
            "member_ids": [it.member_id for it in asked],
            "group_ids": [it.group_id for it in asked],
            "rules": [it.rule for it in asked],
            "days": [it.day for it in asked],
        }
        return {
            QuotaDay(row.member_id, row.group_id, row.rule, row.day): Used(row.messages, row.flooded)
            for row in await self._connection.execute(_USED_QUOTAS, parameters)
        }

    async def flagged(
        self, since: datetime, group_id: UUID | None, memory: timedelta, most: int
    ) -> Sequence[FlaggedMessage]:
        query = (
            select(decisions)
            .where(
                decisions.c.tenant_id == self._tenant_id,
                decisions.c.verdict > Verdict.ALLOW.value,
                decisions.c.masked_text.is_not(None),
                decisions.c.decided_at > since,
                decisions.c.occurred_at > decisions.c.decided_at - memory,
                decisions.c.group_id.is_not(None) if group_id is None else decisions.c.group_id == group_id,
            )
            .order_by(decisions.c.decided_at.desc(), decisions.c.activity_id.desc())
            .limit(most)
        )
        return [
            FlaggedMessage(row.activity_id, row.group_id, row.masked_text, findings_of(row.findings))
            for row in await self._connection.execute(query)
        ]

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
        if listing.member_id is not None:
            matching = matching.where(decisions.c.member_id == listing.member_id)
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
