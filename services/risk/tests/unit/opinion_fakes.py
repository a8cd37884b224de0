"""Opinion counts, baselines and incidents in memory: the same answers as PostgreSQL gives."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.paging import Page, PageRequest, page_of
from risk.application.opinion_ports import Said
from risk.domain.classification import Score
from risk.domain.decision import Decided
from risk.domain.opinion_baseline import HourBaseline, Past
from risk.domain.opinion_counts import EVERYWHERE, Bucket, Counts, hour_of
from risk.domain.opinion_incident import Incident, IncidentStatus, IncidentStep, Sample
from risk.domain.opinion_policy import OpinionPolicy
from risk.domain.opinion_watch import ScopePast, Watch

NEGATIVE, POSITIVE = 0.95, 0.05


class KnownSentiment:
    """Negative is what holds 差."""

    version = "known"

    def score_all(self, texts: Sequence[str]) -> Sequence[Score]:
        return [Score(None, NEGATIVE if "差" in text else POSITIVE) for text in texts]


class KnownComplaints:
    """A complaint is what holds 投诉."""

    def among(self, texts: Sequence[str]) -> Sequence[bool]:
        return ["投诉" in text for text in texts]


@dataclass
class OpinionRows:
    """What one tenant has stored of opinion."""

    counts: dict[tuple[UUID, datetime], Counts] = field(default_factory=dict)
    baselines: dict[tuple[UUID, int], HourBaseline] = field(default_factory=dict)
    watch: Watch | None = None
    incidents: dict[UUID, Incident] = field(default_factory=dict)
    steps: list[IncidentStep] = field(default_factory=list)
    samples: dict[tuple[UUID, UUID], Sample] = field(default_factory=dict)
    policies: list[OpinionPolicy] = field(default_factory=lambda: [OpinionPolicy()])


class FakeOpinions:
    def __init__(self, rows: OpinionRows, texts: Mapping[UUID, Decided]) -> None:
        self._rows, self._texts = rows, texts

    async def add(self, buckets: Sequence[Bucket]) -> None:
        for it in buckets:
            place = it.scope_id, it.at
            self._rows.counts[place] = self._rows.counts.get(place, Counts()) + it.counts

    async def hold_watch(self, now: datetime) -> Watch:
        self._rows.watch = self._rows.watch or Watch.begin(now)
        return self._rows.watch

    async def save_watch(self, watch: Watch) -> None:
        self._rows.watch = watch

    async def busy(
        self, since: datetime, until: datetime, messages: int, complaints: int
    ) -> Sequence[Bucket]:
        found: defaultdict[UUID, list[Bucket]] = defaultdict(list)
        for scope_id in sorted({scope_id for scope_id, _ in self._rows.counts}):
            found[scope_id] += await self.buckets(scope_id, since, until)
        totals = {it: sum((bucket.counts for bucket in said), Counts()) for it, said in found.items()}
        return [
            bucket
            for it, said in found.items()
            if totals[it].messages >= messages or totals[it].complaints >= complaints
            for bucket in said
        ]

    async def buckets(self, scope_id: UUID, since: datetime, until: datetime) -> Sequence[Bucket]:
        return [
            Bucket(scope, at, counts)
            for (scope, at), counts in sorted(self._rows.counts.items())
            if scope == scope_id and since <= at < until
        ]

    async def hours(self, since: datetime, until: datetime) -> Mapping[tuple[UUID, datetime], Counts]:
        found: dict[tuple[UUID, datetime], Counts] = {}
        for (scope_id, at), counts in self._rows.counts.items():
            if since <= at < until:
                place = scope_id, hour_of(at)
                found[place] = found.get(place, Counts()) + counts
        return found

    async def hour_baselines(self, hours: Collection[int]) -> Sequence[HourBaseline]:
        return [it for it in self._rows.baselines.values() if it.hour in hours]

    async def past(self, scope_ids: Collection[UUID], hours: Collection[int]) -> Mapping[UUID, ScopePast]:
        found: defaultdict[UUID, list[HourBaseline]] = defaultdict(list)
        for it in self._rows.baselines.values():
            if it.scope_id in scope_ids:
                found[it.scope_id].append(it)
        return {
            scope_id: ScopePast(
                Past(sum(it.past.hours for it in all_), sum((it.past.counts for it in all_), Counts())),
                {it.hour: it.past for it in all_ if it.hour in hours},
            )
            for scope_id, all_ in found.items()
        }

    async def save_baselines(self, baselines: Sequence[HourBaseline]) -> None:
        self._rows.baselines |= {(it.scope_id, it.hour): it for it in baselines}

    async def forget(self, before: datetime) -> None:
        for place in [place for place in self._rows.counts if place[1] < before]:
            del self._rows.counts[place]

    async def newest_texts(
        self, scope_ids: Collection[UUID], since: datetime, most: int
    ) -> Mapping[UUID, Sequence[Said]]:
        kept = [it for it in self._texts.values() if it.decision.decided_at > since]
        kept.sort(key=lambda it: (it.decision.decided_at, it.message.activity_id), reverse=True)
        return {
            scope_id: [_said(it) for it in kept if scope_id in (EVERYWHERE, it.message.group_id)][:most]
            for scope_id in scope_ids
        }


class FakeOpinionIncidents:
    def __init__(self, rows: OpinionRows) -> None:
        self._rows = rows

    async def add(self, incidents: Sequence[Incident]) -> set[UUID]:
        stored = set()
        for it in incidents:
            if it.scope_id not in {other.scope_id for other in await self.hold_open()}:
                self._rows.incidents[it.id] = it
                stored.add(it.id)
        return stored

    async def hold_open(self) -> Sequence[Incident]:
        found = [it for it in self._rows.incidents.values() if it.status is not IncidentStatus.CLOSED]
        return sorted(found, key=lambda it: it.id)

    async def hold(self, ids: Collection[UUID]) -> Sequence[Incident]:
        return sorted(await self.many(ids), key=lambda it: it.id)

    async def save(self, incidents: Sequence[Incident]) -> None:
        self._rows.incidents |= {it.id: it for it in incidents}

    async def lasting(self, since: datetime, until: datetime) -> Sequence[Incident]:
        found = [
            it
            for it in self._rows.incidents.values()
            if it.opened_at < until and (it.closed_at is None or it.closed_at > since)
        ]
        return sorted(found, key=_age)

    async def many(self, ids: Collection[UUID]) -> Sequence[Incident]:
        return [it for it in self._rows.incidents.values() if it.id in ids]

    async def page(
        self, request: PageRequest, statuses: Collection[IncidentStatus], scope_id: UUID | None
    ) -> Page[Incident]:
        found = [
            it
            for it in self._rows.incidents.values()
            if (not statuses or it.status in statuses) and scope_id in (None, it.scope_id)
        ]
        ordered = sorted(found, key=_age, reverse=True)
        after = request.after
        if after is not None:
            ordered = [it for it in ordered if _age(it) < after]
        total = len(found) if request.count_total else None
        return page_of(ordered[: request.first + 1], request, _age, total)

    async def record(self, steps: Sequence[IncidentStep]) -> None:
        self._rows.steps += steps

    async def steps(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[IncidentStep]]:
        found: defaultdict[UUID, list[IncidentStep]] = defaultdict(list)
        for step in sorted(self._rows.steps, key=lambda it: it.number):
            if step.incident_id in ids:
                found[step.incident_id].append(step)
        return found

    async def add_samples(self, samples: Sequence[Sample]) -> None:
        self._rows.samples = {(it.incident_id, it.activity_id): it for it in samples} | self._rows.samples

    async def samples(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Sample]]:
        found: defaultdict[UUID, list[Sample]] = defaultdict(list)
        for it in sorted(self._rows.samples.values(), key=lambda it: (-it.negative, it.activity_id)):
            if it.incident_id in ids:
                found[it.incident_id].append(it)
        return found


def _age(incident: Incident) -> tuple[datetime, UUID]:
    return incident.opened_at, incident.id


def _said(it: Decided) -> Said:
    text = it.decision.screening.masked_text or it.message.text
    return Said(it.message.activity_id, it.message.member_id, text)
