"""Domain events as the messages of quanzi/segmentation/v1/events.proto."""

from google.protobuf.message import Message

from chassis.timestamps import timestamp
from quanzi.segmentation.v1 import events_pb2, predictions_pb2, tiers_pb2
from segmentation.domain.events import (
    DomainEvent,
    GroupRegistered,
    MemberJoinedGroup,
    MemberLeftGroup,
    MemberTierChanged,
    PredictionsFitted,
    TierPolicyUpdated,
)


def to_message(event: DomainEvent) -> Message:
    match event:
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
        case TierPolicyUpdated():
            return events_pb2.TierPolicyUpdated(version=event.version, changed_members=event.changed_members)
