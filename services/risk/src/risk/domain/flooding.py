"""Flooding (刷屏): too many messages of one member in one group within a sliding window of event time."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A message of the member in the group. `flooding` is known for those decided before."""

    activity_id: UUID
    occurred_at: datetime
    flooding: bool = False


@dataclass(frozen=True, slots=True)
class Flood:
    """A message that floods. The first of a flood opens the violation, the others belong to it."""

    activity_id: UUID
    opens: bool


def find_floods(
    decided: Iterable[Occurrence], fresh: Iterable[Occurrence], limit: int, window: timedelta
) -> list[Flood]:
    """The fresh messages of a member in a group that follow `limit` others within the window.

    A message is judged by those that happened before it; what was decided stays decided. Flooding messages
    less than a window apart are one flood, in whichever order they came.
    """
    timeline = [(seen, False) for seen in decided] + [(new, True) for new in fresh]
    timeline.sort(key=lambda entry: (entry[0].occurred_at, entry[1], entry[0].activity_id))
    flooding_at = [occurrence.occurred_at for occurrence, _ in timeline if occurrence.flooding]
    recent: deque[datetime] = deque()
    floods = []
    for occurrence, is_fresh in timeline:
        at = occurrence.occurred_at
        while recent and recent[0] <= at - window:
            recent.popleft()
        if is_fresh and len(recent) >= limit:
            floods.append(Flood(occurrence.activity_id, opens=not _is_near(flooding_at, at, window)))
            insort(flooding_at, at)
        recent.append(at)
    return floods


def _is_near(times: Sequence[datetime], at: datetime, window: timedelta) -> bool:
    """Whether one of the ordered times is less than a window away."""
    after = bisect_left(times, at)
    return any(abs(time - at) < window for time in times[max(after - 1, 0) : after + 1])
