"""How far the watch of a tenant has come, and what it finds unusual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.domain.opinion_baseline import NO_PAST, Expectation, Past, expectation
from risk.domain.opinion_counts import BUCKET, HOUR, NO_COUNTS, Bucket, hour_of, hour_of_week
from risk.domain.opinion_detection import Deviation, deviations
from risk.domain.opinion_plan import Severity
from risk.domain.opinion_policy import OpinionPolicy

_LEARNT_AT_ONCE = timedelta(hours=48)
_LONGEST_GAP = timedelta(days=28)
"""What lies further back is not learnt from after a silence."""


@dataclass(frozen=True, slots=True)
class Watch:
    """`since` the first hour; `learnt_until` which hours are learnt, `judged_until` which buckets judged."""

    since: datetime
    learnt_until: datetime
    judged_until: datetime

    @classmethod
    def begin(cls, now: datetime) -> "Watch":
        """Nothing is learnt yet; the last minutes may be judged."""
        hour = hour_of(now)
        return cls(hour, hour, hour - HOUR)

    def knows_enough(self, policy: OpinionPolicy) -> bool:
        return self.learnt_until - self.since >= timedelta(hours=policy.learning_hours)

    def to_learn(self, now: datetime) -> tuple[datetime, datetime]:
        """Hours from, until: over for an hour, so that late messages are in; two days at most."""
        start = max(self.learnt_until, hour_of(now - _LONGEST_GAP))
        return start, max(start, min(hour_of(now - HOUR), start + _LEARNT_AT_ONCE))


@dataclass(frozen=True, slots=True)
class ScopePast:
    """What was seen in a scope in all hours, and in some hours of the week."""

    all_hours: Past = NO_PAST
    by_hour: Mapping[int, Past] = field(default_factory=dict)


NOTHING = ScopePast()


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual in a scope at any time."""

    scope: ScopePast
    tenant: Past
    zone: ZoneInfo

    def at(self, instant: datetime) -> Expectation:
        """Of the bucket that begins then."""
        this_hour = self.scope.by_hour.get(hour_of_week(instant, self.zone), NO_PAST)
        return expectation(this_hour, self.scope.all_hours, self.tenant)


def hours_of(since: datetime, until: datetime, zone: ZoneInfo) -> set[int]:
    """Hours of the week that a time touches."""
    hours, at = set[int](), hour_of(since)
    while at < until:
        hours.add(hour_of_week(at, zone))
        at += HOUR
    return hours


def unusual(
    buckets: Sequence[Bucket], usual: Usual, policy: OpinionPolicy, until: datetime
) -> tuple[Deviation, Severity] | None:
    """The gravest, then most surprising, in the windows that end at `until`; None: all is as usual."""
    counted = {bucket.at: bucket.counts for bucket in buckets}
    starts = [until - BUCKET * number for number in range(1, max(policy.windows) // BUCKET + 1)]
    expected = {hour: usual.at(hour) for hour in {hour_of(at) for at in starts}}
    seen = [(counted.get(at, NO_COUNTS), expected[hour_of(at)]) for at in starts]
    found = [
        (it, severity)
        for window in policy.windows
        for it in deviations(seen[: window // BUCKET], policy)
        if (severity := policy.severity(it.surprise, it.size)) is not None
    ]
    return max(found, key=lambda it: (it[1], it[0].surprise), default=None)


def by_scope(buckets: Sequence[Bucket]) -> Mapping[UUID, list[Bucket]]:
    """Each in its order."""
    found: dict[UUID, list[Bucket]] = {}
    for bucket in buckets:
        found.setdefault(bucket.scope_id, []).append(bucket)
    return found
