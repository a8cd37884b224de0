"""Domain values as the messages of proto/quanzi/segmentation/v1, and back."""

from datetime import date

from chassis.timestamps import optional_timestamp, timestamp
from quanzi.inbound.v1 import activity_pb2
from quanzi.segmentation.v1 import groups_pb2, members_pb2
from segmentation.domain.activity import RecordedActivity
from segmentation.domain.errors import InvalidWindow
from segmentation.domain.group import Group
from segmentation.domain.member import Member, Membership, Tag
from segmentation.entrypoints.tiers_wire import assignment_to_wire, rfm_to_wire


def local_date(text: str, field: str) -> date:
    """Raises InvalidWindow."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidWindow(f"{field} is no date of the calendar", field=field) from error


def group_to_wire(group: Group) -> groups_pb2.Group:
    return groups_pb2.Group(
        id=str(group.id),
        external_reference=group.external_reference,
        name=group.name,
        owner=group.owner,
        size=group.size,
        created_at=timestamp(group.created_at),
    )


def member_to_wire(member: Member) -> members_pb2.Member:
    return members_pb2.Member(
        id=str(member.id),
        external_reference=member.external_reference,
        display_name=member.display_name,
        first_seen_at=timestamp(member.first_seen_at),
        last_seen_at=timestamp(member.last_seen_at),
        tier=assignment_to_wire(member.tier) if member.tier else None,
        rfm=rfm_to_wire(member.rfm),
        monthly_rfm=rfm_to_wire(member.monthly_rfm),
        tags=[_tag_to_wire(tag) for tag in member.tags],
    )


def _tag_to_wire(tag: Tag) -> members_pb2.Tag:
    return members_pb2.Tag(
        name=tag.name,
        source=members_pb2.TagSource.ValueType(tag.source),
        tagged_at=timestamp(tag.tagged_at),
        rule_id=str(tag.rule_id or ""),
        judgement=members_pb2.TagJudgement.ValueType(tag.judgement or 0),
    )


def membership_to_wire(stay: Membership) -> members_pb2.Membership:
    return members_pb2.Membership(
        member_id=str(stay.member_id),
        group_id=str(stay.group_id),
        joined_at=timestamp(stay.joined_at),
        left_at=optional_timestamp(stay.left_at),
        invited_by_id=str(stay.invited_by_id or ""),
    )


def activity_to_wire(activity: RecordedActivity) -> members_pb2.RecordedActivity:
    return members_pb2.RecordedActivity(
        id=str(activity.id),
        kind=activity_pb2.ActivityKind.ValueType(activity.kind),
        member_id=str(activity.member_id),
        group_id=str(activity.group_id or ""),
        occurred_at=timestamp(activity.occurred_at),
        amount_minor=activity.amount_minor,
    )
