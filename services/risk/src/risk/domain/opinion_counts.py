"""How much is said, and how much of it against the brand, in buckets of five minutes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

BUCKET = timedelta(minutes=5)
HOUR = timedelta(hours=1)
BUCKETS_AN_HOUR = 12
EVERYWHERE = UUID(int=0)
"""The scope of the tenant as a whole; any other is a group."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages, and of those the negative ones and the complaints; an average has fractions."""

    messages: float = 0
    negatives: float = 0
    complaints: float = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.messages + other.messages,
            self.negatives + other.negatives,
            self.complaints + other.complaints,
        )

    def __mul__(self, factor: float) -> "Counts":
        return Counts(self.messages * factor, self.negatives * factor, self.complaints * factor)


NO_COUNTS = Counts()


@dataclass(frozen=True, slots=True)
class Bucket:
    """What was said in a scope in the five minutes from `at`."""

    scope_id: UUID
    at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a message says of the brand. `negative` is a probability."""

    group_id: UUID | None
    at: datetime
    negative: float
    is_complaint: bool


def count(opinions: Iterable[Opinion], negative_from: float) -> list[Bucket]:
    """Of every scope and bucket, in their order: a message counts in its group and everywhere."""
    found: dict[tuple[UUID, datetime], Counts] = {}
    for opinion in opinions:
        one = Counts(1, opinion.negative >= negative_from, opinion.is_complaint)
        for scope_id in {EVERYWHERE, opinion.group_id or EVERYWHERE}:
            place = scope_id, bucket_of(opinion.at)
            found[place] = found.get(place, NO_COUNTS) + one
    return [Bucket(*place, found[place]) for place in sorted(found)]


def bucket_of(instant: datetime) -> datetime:
    """When the bucket began that this instant is in (UTC)."""
    seconds = int(instant.timestamp())
    return datetime.fromtimestamp(seconds - seconds % BUCKET.seconds, UTC)


def hour_of(instant: datetime) -> datetime:
    """When the full hour began (UTC)."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_of_week(instant: datetime, zone: ZoneInfo) -> int:
    """0 to 167 from Monday midnight of the zone, of when the full hour (UTC) began."""
    local = hour_of(instant).astimezone(zone)
    return local.weekday() * 24 + local.hour
