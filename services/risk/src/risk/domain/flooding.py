"""Flooding (刷屏): too many messages of one member in one group within a sliding window of event time."""

from collections import deque
from collections.abc import Iterable
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

    A message is judged by those that happened before it; what was decided stays decided. A flood lasts
    until a whole window passes without a flooding message.
    """
    timeline = [(seen, False) for seen in decided] + [(new, True) for new in fresh]
    timeline.sort(key=lambda entry: (entry[0].occurred_at, entry[1], entry[0].activity_id))
    recent: deque[datetime] = deque()
    last_flooding: datetime | None = None
    floods = []
    for occurrence, is_fresh in timeline:
        at = occurrence.occurred_at
        while recent and recent[0] <= at - window:
            recent.popleft()
        flooding = len(recent) >= limit if is_fresh else occurrence.flooding
        if flooding:
            if is_fresh:
                opens = last_flooding is None or last_flooding <= at - window
                floods.append(Flood(occurrence.activity_id, opens))
            last_flooding = at
        recent.append(at)
    return floods
