"""Decisions in memory: everything that was decided before, where PostgreSQL reads as much as decides."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.paging import Page, PageRequest
from risk.application.ports import Listing, Place
from risk.domain.copies import CopyLimits, Posting
from risk.domain.decision import Decided, Decision
from risk.domain.flooding import Occurrence
from risk.domain.past_message import PastMessage
from risk.domain.quota import QuotaDay, Used
from risk.domain.screening import storable
from risk.domain.verdict import Verdict

from .pages import page_by


class FakeDecisions:
    def __init__(self, decisions: dict[UUID, Decision]) -> None:
        self._decisions = decisions

    async def take_turn(self) -> None: ...

    async def undecided(self, activity_ids: Collection[UUID]) -> set[UUID]:
        return set(activity_ids) - set(self._decisions)

    async def around(
        self, times: Mapping[Place, Collection[datetime]], most: int, window: timedelta
    ) -> Mapping[Place, Collection[Occurrence]]:
        found: defaultdict[Place, list[Occurrence]] = defaultdict(list)
        for it in self._decisions.values():
            if it.group_id is None or not (at := times.get((it.member_id, it.group_id))):
                continue
            if min(at) - window < it.occurred_at < max(at) + window:
                occurrence = Occurrence(it.activity_id, it.occurred_at, it.is_flooding)
                found[it.member_id, it.group_id].append(occurrence)
        return found

    async def same_texts(
        self, postings: Mapping[int, Sequence[Posting]], doubtful: Collection[int], limits: CopyLimits
    ) -> Mapping[int, Collection[Posting]]:
        times = [it.occurred_at for said in postings.values() for it in said]
        found: defaultdict[int, list[Posting]] = defaultdict(list)
        for it in self._decisions.values():
            text = it.screening.fingerprint
            if text is None or text not in postings or it.group_id is None:
                continue
            is_asked_for = text in doubtful or it.member_id in {said.member_id for said in postings[text]}
            if is_asked_for and min(times) - limits.window < it.occurred_at <= max(times):
                found[text].append(Posting(it.activity_id, it.member_id, it.group_id, it.occurred_at))
        return found

    async def add(self, decisions: Sequence[Decision]) -> None:
        self._decisions |= {decision.activity_id: decision for decision in decisions}

    async def used_quotas(self, quotas: Mapping[QuotaDay, int], zone: ZoneInfo) -> Mapping[QuotaDay, Used]:
        used: dict[QuotaDay, Used] = {}
        for it in self._decisions.values():
            if it.group_id is None:
                continue
            day = it.occurred_at.astimezone(zone).date()
            key = QuotaDay(it.member_id, it.group_id, it.flexible_rule, day)
            if key in quotas:
                before = used.get(key, Used())
                used[key] = Used(before.messages + 1, before.flooded or it.is_flooding)
        return used

    async def many(self, activity_ids: Collection[UUID]) -> Sequence[Decision]:
        return [it for it in self._decisions.values() if it.activity_id in activity_ids]

    async def page(self, request: PageRequest, listing: Listing, at_least: Verdict) -> Page[Decision]:
        chosen = [
            decision
            for decision in self._decisions.values()
            if decision.screening.verdict >= at_least
            and listing.group_id in (None, decision.group_id)
            and (not listing.member_ids or decision.member_id in listing.member_ids)
        ]
        return page_by(chosen, request, lambda d: (d.decided_at, d.activity_id), newest_first=True)


class FakePastMessages:
    def __init__(self, decisions: Mapping[UUID, Decision], texts: Mapping[UUID, Decided]) -> None:
        self._decisions, self._texts = decisions, texts

    async def newest(
        self, since: datetime, group_id: UUID | None, most: int
    ) -> AsyncGenerator[Sequence[PastMessage], None]:
        chosen = [
            it
            for it in self._decisions.values()
            if it.decided_at >= since and group_id in (None, it.group_id)
        ]
        chosen.sort(key=lambda it: (it.decided_at, it.activity_id), reverse=True)
        yield [self._past(it) for it in chosen[:most]]

    def _past(self, it: Decision) -> PastMessage:
        kept = self._texts.get(it.activity_id)
        return PastMessage(
            it.activity_id,
            it.member_id,
            it.group_id,
            it.occurred_at,
            it.decided_at,
            it.screening.verdict,
            it.screening.findings,
            it.screening.probability,
            it.screening.fingerprint,
            it.flexible_rule,
            it.screening.masked_text or (storable(kept.message.text) if kept else None),
        )
