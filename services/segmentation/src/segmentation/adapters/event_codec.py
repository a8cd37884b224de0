"""Domain events as the messages of quanzi/segmentation/v1/events.proto."""

from google.protobuf.message import Message

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.privacy.v1.privacy_pb2 import ErasedTable
from quanzi.segmentation.v1 import consents_pb2, events_pb2, operations_pb2, predictions_pb2, tiers_pb2
from segmentation.adapters import alert_codec
from segmentation.domain.events import (
    AlertClosed,
    AlertOpened,
    AlertUpdated,
    DomainEvent,
    GroupRegistered,
    IndicatorPolicyUpdated,
    MemberConsentChanged,
    MemberErased,
    MemberErasureCompleted,
    MemberErasureRequested,
    MemberJoinedGroup,
    MemberLeftGroup,
    MemberMerged,
    MemberTagsChanged,
    MemberTierChanged,
    MergeReversed,
    OperationFinished,
    PredictionsFitted,
    SegmentDeleted,
    SegmentMembersChanged,
    SegmentUpdated,
    TierPolicyUpdated,
)
from segmentation.domain.merge import Merge


def to_message(event: DomainEvent) -> Message:
    match event:
        case AlertOpened():
            return alert_codec.opened(event.alert)
        case AlertUpdated():
            return alert_codec.updated(event.alert)
        case AlertClosed():
            return alert_codec.closed(event.alert)
        case IndicatorPolicyUpdated():
            return events_pb2.IndicatorPolicyUpdated(
                version=event.version, group_id=str(event.group_id or "")
            )
        case MemberTierChanged():
            assignment = event.assignment
            return events_pb2.MemberTierChanged(
                member_id=str(event.member_id),
                previous_tier=tiers_pb2.Tier.ValueType(assignment.previous_tier or 0),
                tier=tiers_pb2.Tier.ValueType(assignment.tier),
                reason=tiers_pb2.TierReason(**assignment.reason._asdict()),
                assigned_at=timestamp(assignment.assigned_at),
                group_ids=[str(group_id) for group_id in event.group_ids],
            )
        case MemberJoinedGroup():
            return events_pb2.MemberJoinedGroup(
                member_id=str(event.member_id),
                group_id=str(event.group_id),
                joined_at=timestamp(event.joined_at),
                invited_by_id=str(event.invited_by_id or ""),
            )
        case MemberLeftGroup():
            return events_pb2.MemberLeftGroup(
                member_id=str(event.member_id), group_id=str(event.group_id), left_at=timestamp(event.left_at)
            )
        case MemberErasureRequested():
            return events_pb2.MemberErasureRequested(
                erasure_id=str(event.erasure_id),
                member_id=str(event.member_id),
                merged_member_ids=map(str, event.merged_member_ids),
            )
        case MemberErased():
            return events_pb2.MemberErased(
                erasure_id=str(event.erasure_id),
                member_id=str(event.member_id),
                tables=[ErasedTable(table=table, rows=rows) for table, rows in event.tables.items()],
                erased_at=timestamp(event.erased_at),
            )
        case MemberErasureCompleted():
            return events_pb2.MemberErasureCompleted(
                erasure_id=str(event.erasure_id),
                member_id=str(event.member_id),
                completed_at=timestamp(event.completed_at),
            )
        case OperationFinished():
            return events_pb2.OperationFinished(
                operation_id=str(event.operation_id),
                kind=operations_pb2.ExportKind.ValueType(event.kind),
                status=operations_pb2.OperationStatus.ValueType(event.status),
                rows=event.rows,
            )
        case MemberTagsChanged(change):
            return events_pb2.MemberTagsChanged(
                member_id=str(change.member_id),
                added=change.added,
                removed=change.removed,
                rule_id=str(change.rule_id or ""),
            )
        case MemberConsentChanged(change):
            record = change.record
            return events_pb2.MemberConsentChanged(
                member_id=str(change.member_id),
                purpose=change.purpose,
                previous_state=consents_pb2.ConsentState.ValueType(change.previous),
                state=consents_pb2.ConsentState.ValueType(change.state),
                occurred_at=optional_timestamp(record.occurred_at if record else None),
                notice_version=record.notice_version if record else "",
            )
        case MemberMerged(merge):
            return events_pb2.MemberMerged(**_merge(merge))
        case MergeReversed(merge):
            return events_pb2.MergeReversed(**_merge(merge))
        case GroupRegistered():
            return events_pb2.GroupRegistered(
                group_id=str(event.group_id), external_reference=event.external_reference, name=event.name
            )
        case PredictionsFitted(model):
            return events_pb2.PredictionsFitted(
                fit_id=str(model.fit_id),
                status=predictions_pb2.FitStatus.ValueType(model.status),
                buyers=model.counts.buyers,
                predicted_members=model.predicted,
                fitted_at=timestamp(model.fitted_at),
            )
        case SegmentMembersChanged():
            return events_pb2.SegmentMembersChanged(
                segment_id=str(event.segment_id),
                version=event.version,
                entered_member_ids=map(str, event.entered),
                left_member_ids=map(str, event.left),
            )
        case SegmentUpdated():
            return events_pb2.SegmentUpdated(
                segment_id=str(event.segment_id), version=event.version, name=event.name, size=event.size
            )
        case SegmentDeleted():
            return events_pb2.SegmentDeleted(segment_id=str(event.segment_id))
        case TierPolicyUpdated():
            return events_pb2.TierPolicyUpdated(version=event.version, changed_members=event.changed_members)


def _merge(merge: Merge) -> dict[str, str]:
    return {
        "member_id": str(merge.member_id),
        "merged_member_id": str(merge.merged_member_id),
        "merge_id": str(merge.id),
    }
