"""Profiles as the messages of proto/quanzi/segmentation/v1/profiles.proto."""

from chassis import texts
from chassis.timestamps import optional_timestamp, timestamp
from quanzi.inbound.v1 import activity_pb2
from quanzi.segmentation.v1 import profiles_pb2, tiers_pb2
from segmentation.domain.merge import Merge
from segmentation.domain.profile import LostCustomer, MultiGroupMember
from segmentation.domain.timeline import TimelineEntry, TimelineKind
from segmentation.entrypoints.consents_wire import purpose_name

text = texts.load("segmentation")


def entry_to_wire(entry: TimelineEntry) -> profiles_pb2.TimelineEntry:
    return profiles_pb2.TimelineEntry(
        id=str(entry.id),
        kind=profiles_pb2.TimelineKind.ValueType(entry.kind),
        occurred_at=timestamp(entry.occurred_at),
        group_id=str(entry.group_id or ""),
        title=_title(entry),
        activity_kind=activity_pb2.ActivityKind.ValueType(entry.activity or 0),
        amount_minor=entry.amount_minor,
        tier=tiers_pb2.Tier.ValueType(entry.tier or 0),
        previous_tier=tiers_pb2.Tier.ValueType(entry.previous_tier or 0),
        subject_id=entry.subject,
        state=entry.state,
    )


def _title(entry: TimelineEntry) -> str:
    match entry.kind:
        case TimelineKind.ACTIVITY | TimelineKind.ORDER if entry.activity:
            return text("timeline_activity", entry.activity.name)
        case TimelineKind.TIER if entry.tier:
            tier = text("tier", entry.tier.name)
            if entry.previous_tier is None:
                return text("timeline_tier", "FIRST", tier=tier)
            return text(
                "timeline_tier", "CHANGED", tier=tier, previous=text("tier", entry.previous_tier.name)
            )
        case TimelineKind.CONSENT:
            return text("timeline_consent", entry.state, purpose=purpose_name(entry.subject))
        case _:
            return text(f"timeline_{entry.kind.name.lower()}", entry.state, subject=entry.subject)


def merge_to_wire(merge: Merge) -> profiles_pb2.Merge:
    return profiles_pb2.Merge(
        id=str(merge.id),
        member_id=str(merge.member_id),
        merged_member_id=str(merge.merged_member_id),
        reason=merge.reason,
        merged_by=merge.merged_by,
        merged_at=timestamp(merge.merged_at),
        reversed_at=optional_timestamp(merge.reversed_at),
        reversed_by=merge.reversed_by,
    )


def multi_group_to_wire(member: MultiGroupMember) -> profiles_pb2.MultiGroupMember:
    return profiles_pb2.MultiGroupMember(
        member_id=str(member.member_id), group_ids=[str(group_id) for group_id in member.group_ids]
    )


def lost_to_wire(lost: LostCustomer) -> profiles_pb2.LostCustomer:
    return profiles_pb2.LostCustomer(
        member_id=str(lost.member_id),
        kind=profiles_pb2.LossKind.ValueType(lost.kind),
        since=timestamp(lost.since),
        vip_until=timestamp(lost.vip_until),
        net_spend_minor=lost.net_spend_minor,
    )
