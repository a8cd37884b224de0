"""The timeline of a member: what happened to or by them, in all services."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from segmentation.domain.activity import ActivityKind
from segmentation.domain.policy import Tier


class TimelineKind(IntEnum):
    """Numbered as in quanzi.segmentation.v1.TimelineKind."""

    ACTIVITY = 1
    ORDER = 2
    TIER = 3
    TAG = 4
    TICKET = 5
    VIOLATION = 6
    CAMPAIGN = 7
    MERGE = 8
    CONSENT = 9


@dataclass(frozen=True, slots=True)
class Happening:
    """What is remembered for the timeline because no other table here knows it; no personal data.

    `subject`: id of the ticket, violation, campaign or merge, the tag, the purpose. `state`: what became of
    it, in the words of its service.
    """

    id: UUID
    member_id: UUID
    kind: TimelineKind
    occurred_at: datetime
    subject: str
    state: str
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing as the timeline shows it; `amount_minor` is the net effect of an order on spend."""

    id: UUID
    kind: TimelineKind
    occurred_at: datetime
    group_id: UUID | None
    subject: str
    state: str
    activity: ActivityKind | None = None
    amount_minor: int = 0
    tier: Tier | None = None
    previous_tier: Tier | None = None
