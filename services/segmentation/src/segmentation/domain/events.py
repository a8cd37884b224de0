"""What happened, past tense; carried outside by adapters/event_codec.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from segmentation.domain.predictions import PredictionModel
from segmentation.domain.tiers import TierAssignment


@dataclass(frozen=True, slots=True)
class GroupRegistered:
    group_id: UUID
    external_reference: str
    name: str


@dataclass(frozen=True, slots=True)
class MemberTierChanged:
    member_id: UUID
    assignment: TierAssignment
    group_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class MemberJoinedGroup:
    member_id: UUID
    group_id: UUID
    joined_at: datetime
    invited_by_id: UUID | None


@dataclass(frozen=True, slots=True)
class MemberLeftGroup:
    member_id: UUID
    group_id: UUID
    left_at: datetime


@dataclass(frozen=True, slots=True)
class TierPolicyUpdated:
    version: int
    changed_members: int


@dataclass(frozen=True, slots=True)
class PredictionsFitted:
    model: PredictionModel


DomainEvent = (
    GroupRegistered
    | MemberTierChanged
    | MemberJoinedGroup
    | MemberLeftGroup
    | PredictionsFitted
    | TierPolicyUpdated
)
