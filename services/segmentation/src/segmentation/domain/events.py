"""What happened, past tense; carried outside by adapters/event_codec.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from segmentation.domain.alerts import Alert
from segmentation.domain.consents import ConsentChange
from segmentation.domain.merge import Merge
from segmentation.domain.operation import ExportKind, OperationStatus
from segmentation.domain.predictions import PredictionModel
from segmentation.domain.tags import TagChange
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
class IndicatorPolicyUpdated:
    """`version` is the one in force now; `group_id` is None for the tenant's."""

    version: int
    group_id: UUID | None


@dataclass(frozen=True, slots=True)
class AlertOpened:
    alert: Alert


@dataclass(frozen=True, slots=True)
class AlertUpdated:
    alert: Alert


@dataclass(frozen=True, slots=True)
class AlertClosed:
    alert: Alert


@dataclass(frozen=True, slots=True)
class PredictionsFitted:
    model: PredictionModel


@dataclass(frozen=True, slots=True)
class MemberTagsChanged:
    change: TagChange


@dataclass(frozen=True, slots=True)
class MemberConsentChanged:
    change: ConsentChange


@dataclass(frozen=True, slots=True)
class MemberMerged:
    merge: Merge


@dataclass(frozen=True, slots=True)
class MergeReversed:
    merge: Merge


@dataclass(frozen=True, slots=True)
class MemberErasureRequested:
    erasure_id: UUID
    member_id: UUID
    merged_member_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class MemberErased:
    """`tables`: rows deleted, or stripped of what says whose they were."""

    erasure_id: UUID
    member_id: UUID
    tables: Mapping[str, int]
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class MemberErasureCompleted:
    erasure_id: UUID
    member_id: UUID
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class OperationFinished:
    operation_id: UUID
    kind: ExportKind
    status: OperationStatus
    rows: int


@dataclass(frozen=True, slots=True)
class SegmentMembersChanged:
    """`version`: that of the segment its condition came with."""

    segment_id: UUID
    version: int
    entered: Sequence[UUID]
    left: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class SegmentUpdated:
    segment_id: UUID
    version: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class SegmentDeleted:
    segment_id: UUID


DomainEvent = (
    AlertClosed
    | AlertOpened
    | AlertUpdated
    | IndicatorPolicyUpdated
    | GroupRegistered
    | MemberTierChanged
    | MemberConsentChanged
    | MemberErased
    | MemberErasureCompleted
    | MemberErasureRequested
    | MemberJoinedGroup
    | MemberLeftGroup
    | MemberMerged
    | MemberTagsChanged
    | MergeReversed
    | OperationFinished
    | PredictionsFitted
    | SegmentDeleted
    | SegmentMembersChanged
    | SegmentUpdated
    | TierPolicyUpdated
)
