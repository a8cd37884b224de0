"""What happened; `adapters/event_codec.py` gives it its wire form."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from content.domain.content_type import ContentType


@dataclass(frozen=True, slots=True)
class ItemApproved:
    item_id: UUID
    version: int
    type: ContentType


@dataclass(frozen=True, slots=True)
class ItemBlocked:
    item_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class PlanApproved:
    plan_id: UUID
    posts: int


@dataclass(frozen=True, slots=True)
class PostAssigned:
    post_id: UUID
    group_id: UUID
    item_id: UUID
    item_version: int
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PostReminded:
    post_id: UUID
    group_id: UUID
    reminder: int


@dataclass(frozen=True, slots=True)
class PostDelivered:
    post_id: UUID
    group_id: UUID
    item_id: UUID
    type: ContentType
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class PostQuotaFailed:
    post_id: UUID
    group_id: UUID


@dataclass(frozen=True, slots=True)
class PostExpired:
    post_id: UUID
    group_id: UUID


DomainEvent = (
    ItemApproved
    | ItemBlocked
    | PlanApproved
    | PostAssigned
    | PostReminded
    | PostDelivered
    | PostQuotaFailed
    | PostExpired
)
