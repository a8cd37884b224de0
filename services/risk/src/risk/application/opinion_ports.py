"""What the watch on opinion needs: the smallest interfaces, in domain types."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.domain.opinion_baseline import HourBaseline
from risk.domain.opinion_counts import Bucket, Counts
from risk.domain.opinion_incident import Incident, IncidentStatus, IncidentStep, Sample
from risk.domain.opinion_plan import PlanTask
from risk.domain.opinion_watch import ScopePast, Watch

OPINION_TICK = "opinion-tick"
OPINION_ACKNOWLEDGEMENT = "opinion-acknowledgement"


@dataclass(frozen=True, slots=True)
class Said:
    """A kept message, personal data masked."""

    activity_id: UUID
    member_id: UUID
    masked_text: str


class Opinions(Protocol):
    """Counts of buckets, and what is usual by hour of the week."""

    async def add(self, buckets: Sequence[Bucket]) -> None:
        """To what was counted before."""
        ...

    async def hold_watch(self, now: datetime) -> Watch:
        """After whoever holds it now; nobody else judges meanwhile. Begins with the hour of `now`."""
        ...

    async def save_watch(self, watch: Watch) -> None: ...

    async def busy(
        self, since: datetime, until: datetime, messages: int, complaints: int
    ) -> Sequence[Bucket]:
        """Buckets that begin from, until, of scopes with so many messages or complaints in them."""
        ...

    async def buckets(self, scope_id: UUID, since: datetime, until: datetime) -> Sequence[Bucket]:
        """In order; where nothing was said there is none."""
        ...

    async def hours(self, since: datetime, until: datetime) -> Mapping[tuple[UUID, datetime], Counts]:
        """Sums of full hours, by scope and when the hour began."""
        ...

    async def hour_baselines(self, hours: Collection[int]) -> Sequence[HourBaseline]:
        """Of all scopes, at these hours of the week."""
        ...

    async def past(self, scope_ids: Collection[UUID], hours: Collection[int]) -> Mapping[UUID, ScopePast]:
        """With these hours of the week; a scope without any past is left out."""
        ...

    async def save_baselines(self, baselines: Sequence[HourBaseline]) -> None: ...

    async def forget(self, before: datetime) -> None:
        """Counts of buckets that began earlier."""
        ...

    async def newest_texts(
        self, scope_ids: Collection[UUID], since: datetime, most: int
    ) -> Mapping[UUID, Sequence[Said]]:
        """By scope, of those decided after `since` that are kept."""
        ...


class OpinionIncidents(Protocol):
    async def add(self, incidents: Sequence[Incident]) -> set[UUID]:
        """Ids of those stored: in a scope one at a time is open."""
        ...

    async def hold_open(self) -> Sequence[Incident]:
        """All that are not closed; held until the transaction ends."""
        ...

    async def hold(self, ids: Collection[UUID]) -> Sequence[Incident]:
        """Those that exist, after whoever holds them now."""
        ...

    async def save(self, incidents: Sequence[Incident]) -> None:
        """Held ones."""
        ...

    async def lasting(self, since: datetime, until: datetime) -> Sequence[Incident]:
        """That were open at some time from, until; oldest first."""
        ...

    async def many(self, ids: Collection[UUID]) -> Sequence[Incident]:
        """Those that exist."""
        ...

    async def page(
        self, request: PageRequest, statuses: Collection[IncidentStatus], scope_id: UUID | None
    ) -> Page[Incident]:
        """Newest first; without statuses or scope: all. Raises InvalidCursor."""
        ...

    async def record(self, steps: Sequence[IncidentStep]) -> None: ...

    async def steps(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[IncidentStep]]:
        """By incident, each in order."""
        ...

    async def add_samples(self, samples: Sequence[Sample]) -> None:
        """What is there already is left as it is."""
        ...

    async def samples(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Sample]]:
        """By incident, the most negative first."""
        ...


class Complaints(Protocol):
    def among(self, texts: Sequence[str]) -> Sequence[bool]:
        """Whether each is a complaint."""
        ...


class OpinionWords(Protocol):
    """In the language of those who read it."""

    @property
    def plan(self) -> Sequence[PlanTask]:
        """The emergency plan that comes with the product."""
        ...

    def summary(self, incident: Incident) -> str:
        """What is unusual, in a sentence."""
        ...
