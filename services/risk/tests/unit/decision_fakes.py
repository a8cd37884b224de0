"""Decisions in memory: the same answers as PostgreSQL gives."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.paging import Page, PageRequest
from risk.application.ports import Listing, Place
from risk.domain.copies import Posting
from risk.domain.decision import Decision, Message
from risk.domain.flooding import Occurrence
from risk.domain.quota import QuotaDay, Used
from risk.domain.rule_preview import FlaggedMessage
from risk.domain.verdict import Verdict

from .pages import page_by


class FakeDecisions:
    def __init__(self, decisions: dict[UUID, Decision]) -> None:
        self._decisions = decisions

    async def take_turn(self) -> None: ...

    async def undecided(self, activity_ids: Collection[UUID]) -> set[UUID]:
        return set(activity_ids) - set(self._decisions)

    async def around(
        self, messages: Sequence[Message], window: timedelta
    ) -> Mapping[Place, Sequence[Occurrence]]:
        times: defaultdict[tuple[UUID, UUID | None], list[datetime]] = defaultdict(list)
        for message in messages:
            times[message.member_id, message.group_id].append(message.occurred_at)
        found: defaultdict[Place, list[Occurrence]] = defaultdict(list)
        for decision in self._decisions.values():
            if decision.group_id is None or (decision.member_id, decision.group_id) not in times:
                continue
            at = times[decision.member_id, decision.group_id]
            if min(at) - window < decision.occurred_at < max(at) + window:
                occurrence = Occurrence(decision.activity_id, decision.occurred_at, decision.is_flooding)
                found[decision.member_id, decision.group_id].append(occurrence)
        return found

    async def same_texts(
        self, postings: Mapping[int, Sequence[Posting]], doubtful: Collection[int], window: timedelta
    ) -> Mapping[int, Sequence[Posting]]:
        times = [it.occurred_at for said in postings.values() for it in said]
        found: defaultdict[int, list[Posting]] = defaultdict(list)
        for it in self._decisions.values():
            text = it.screening.fingerprint
            if text is None or text not in postings or it.group_id is None:
                continue
            is_asked_for = text in doubtful or it.member_id in {said.member_id for said in postings[text]}
            if is_asked_for and min(times) - window < it.occurred_at <= max(times):
                found[text].append(Posting(it.activity_id, it.member_id, it.group_id, it.occurred_at))
        return found

    async def add(self, decisions: Sequence[Decision]) -> None:
        self._decisions |= {decision.activity_id: decision for decision in decisions}

    async def used_quotas(self, days: Collection[QuotaDay], zone: ZoneInfo) -> Mapping[QuotaDay, Used]:
        used: dict[QuotaDay, Used] = {}
        for it in self._decisions.values():
            if it.group_id is None:
                continue
            day = it.occurred_at.astimezone(zone).date()
            key = QuotaDay(it.member_id, it.group_id, it.flexible_rule, day)
            if key in days:
                before = used.get(key, Used())
                used[key] = Used(before.messages + 1, before.flooded or it.is_flooding)
        return used

    async def flagged(
        self, since: datetime, group_id: UUID | None, memory: timedelta, most: int
    ) -> Sequence[FlaggedMessage]:
        newest = sorted(
            self._decisions.values(), key=lambda it: (it.decided_at, it.activity_id), reverse=True
        )
        return [
            FlaggedMessage(it.activity_id, it.group_id, it.screening.masked_text, it.screening.findings)
            for it in newest
            if it.is_flagged
            and it.group_id is not None
            and group_id in (None, it.group_id)
            and it.decided_at > since
            and it.occurred_at > it.decided_at - memory
        ][:most]

    async def many(self, activity_ids: Collection[UUID]) -> Sequence[Decision]:
        return [it for it in self._decisions.values() if it.activity_id in activity_ids]

    async def page(self, request: PageRequest, listing: Listing, at_least: Verdict) -> Page[Decision]:
        chosen = [
            decision
            for decision in self._decisions.values()
            if decision.screening.verdict >= at_least
            and listing.group_id in (None, decision.group_id)
            and listing.member_id in (None, decision.member_id)
        ]
        return page_by(chosen, request, lambda d: (d.decided_at, d.activity_id), newest_first=True)
