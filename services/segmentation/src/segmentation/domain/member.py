"""A member as a list shows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from segmentation.domain.rfm import RfmScore
from segmentation.domain.tags import TagJudgement
from segmentation.domain.tiers import TierAssignment


class TagSource(IntEnum):
    """Numbered as in quanzi.segmentation.v1.TagSource."""

    MANUAL = 1
    RULE = 2


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    source: TagSource
    tagged_at: datetime
    rule_id: UUID | None = None
    judgement: TagJudgement | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """`tier` is None only until the first decision, which comes with the first activity."""

    id: UUID
    external_reference: str
    display_name: str
    first_seen_at: datetime
    last_seen_at: datetime
    tier: TierAssignment | None
    rfm: RfmScore
    monthly_rfm: RfmScore
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """A stay of a member in a group; `left_at` is None while present."""

    member_id: UUID
    group_id: UUID
    joined_at: datetime
    left_at: datetime | None
    invited_by_id: UUID | None


@dataclass(frozen=True, slots=True)
class DailyFacts:
    """Facts of a group on one local date (ISO); `net_spend_minor`: paid less refunded on that day."""

    group_id: UUID
    date: str
    messages: int
    interactions: int
    members_present: int
    joined: int
    left: int
    clicks: int
    shares: int
    orders: int
    net_spend_minor: int
