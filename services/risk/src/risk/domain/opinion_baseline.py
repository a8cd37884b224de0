"""What is usual in a scope at an hour of the week: by its own past, and the tenant's where that is short."""

from dataclasses import dataclass, replace
from uuid import UUID

from risk.domain.opinion_counts import BUCKETS_AN_HOUR, NO_COUNTS, Counts

WEEKLY_DECAY = 0.85
"""What a week counts beside the one after it."""
_PRIOR_MESSAGES = 60.0
"""As many messages of its own outweigh what a scope borrows."""
_PRIOR_HOURS = 1.0
_USUAL = Counts(100, 15, 1)
"""Before anything was learnt: shares of messages in general."""
_OUTLIER, _OUTLIER_FROM = 4.0, 20.0


@dataclass(frozen=True, slots=True)
class Past:
    """Sums over hours, each week worth less than the next; `hours` is how many of them count."""

    hours: float = 0
    counts: Counts = NO_COUNTS

    @property
    def an_hour(self) -> float:
        return self.counts.messages / self.hours if self.hours else 0.0


NO_PAST = Past()


@dataclass(frozen=True, slots=True)
class HourBaseline:
    """What was seen in a scope at an hour of the week, 0 to 167."""

    scope_id: UUID
    hour: int
    past: Past = NO_PAST

    def learn(self, seen: Counts) -> "HourBaseline":
        """A week later. An hour louder than it ever should be teaches what it says, not how loud it is."""
        most = _OUTLIER * self.past.an_hour + _OUTLIER_FROM
        if self.past.hours >= 1 and seen.messages > most:
            seen *= most / seen.messages
        past = Past(self.past.hours * WEEKLY_DECAY + 1, self.past.counts * WEEKLY_DECAY + seen)
        return replace(self, past=past)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is usual in five minutes."""

    messages: float
    negative_share: float
    complaint_share: float


@dataclass(frozen=True, slots=True)
class Shares:
    """Of messages."""

    negative: float
    complaint: float

    @classmethod
    def of(cls, counts: Counts, prior: "Shares") -> "Shares":
        """The more messages, the less of the prior."""
        weight = counts.messages + _PRIOR_MESSAGES
        return cls(
            (counts.negatives + _PRIOR_MESSAGES * prior.negative) / weight,
            (counts.complaints + _PRIOR_MESSAGES * prior.complaint) / weight,
        )


_USUAL_SHARES = Shares(_USUAL.negatives / _USUAL.messages, _USUAL.complaints / _USUAL.messages)


def expectation(this_hour: Past, all_hours: Past, of_tenant: Past) -> Expectation:
    """Of a scope: its hour of the week, drawn towards all its hours, and those towards the tenant's."""
    tenant = Shares.of(of_tenant.counts, _USUAL_SHARES)
    shares = Shares.of(this_hour.counts, Shares.of(all_hours.counts, tenant))
    borrowed = _PRIOR_HOURS * all_hours.an_hour
    messages = (this_hour.counts.messages + borrowed) / (this_hour.hours + _PRIOR_HOURS)
    return Expectation(messages / BUCKETS_AN_HOUR, shares.negative, shares.complaint)
