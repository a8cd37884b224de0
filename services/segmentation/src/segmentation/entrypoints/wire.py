"""Domain values as the messages of proto/quanzi/segmentation/v1, and back."""

from datetime import date

from chassis import texts
from chassis.timestamps import optional_timestamp, timestamp
from quanzi.inbound.v1 import activity_pb2
from quanzi.segmentation.v1 import groups_pb2, indicators_pb2, members_pb2, tiers_pb2
from segmentation.domain.activity import RecordedActivity
from segmentation.domain.errors import InvalidWindow
from segmentation.domain.group import Group
from segmentation.domain.indicators import GroupIndicators, Indicator
from segmentation.domain.member import DailyFacts, Member, Membership, Tag
from segmentation.domain.policy import RfmCuts, Tier, TierPolicy, TierTarget
from segmentation.domain.rfm import RfmScore
from segmentation.domain.tiers import TierAssignment, TierShare

text = texts.load("segmentation")


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
        rfm=_rfm_to_wire(member.rfm),
        tags=[_tag_to_wire(tag) for tag in member.tags],
    )


def _tag_to_wire(tag: Tag) -> members_pb2.Tag:
    return members_pb2.Tag(
        name=tag.name, source=members_pb2.TagSource.ValueType(tag.source), tagged_at=timestamp(tag.tagged_at)
    )


def _rfm_to_wire(rfm: RfmScore) -> tiers_pb2.RfmScore:
    return tiers_pb2.RfmScore(
        recency=rfm.recency,
        frequency=rfm.frequency,
        monetary=rfm.monetary,
        days_since_last_order=rfm.figures.days_since_last_order,
        paid_orders=rfm.figures.paid_orders,
        net_spend_minor=rfm.figures.net_spend_minor,
        as_of=timestamp(rfm.as_of),
    )


def assignment_to_wire(assignment: TierAssignment) -> tiers_pb2.TierAssignment:
    return tiers_pb2.TierAssignment(
        tier=tiers_pb2.Tier.ValueType(assignment.tier),
        assigned_at=timestamp(assignment.assigned_at),
        reason=tiers_pb2.TierReason(**assignment.reason._asdict()),
        previous_tier=tiers_pb2.Tier.ValueType(assignment.previous_tier or 0),
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


def policy_to_wire(policy: TierPolicy) -> tiers_pb2.TierPolicy:
    return tiers_pb2.TierPolicy(
        version=policy.version,
        vip_net_spend_minor=policy.vip_net_spend_minor,
        vip_window_days=policy.vip_window_days,
        active_interactions=policy.active_interactions,
        active_window_days=policy.active_window_days,
        dormant_after_days=policy.dormant_after_days,
        rfm_window_days=policy.rfm_window_days,
        recency_cut_days=policy.cuts.recency_days,
        frequency_cuts=policy.cuts.frequency,
        monetary_cuts_minor=policy.cuts.monetary_minor,
        targets=[_target_to_wire(target) for target in policy.targets],
    )


def policy_from_wire(policy: tiers_pb2.TierPolicy) -> TierPolicy:
    """Raises InvalidPolicy."""
    return TierPolicy(
        vip_net_spend_minor=policy.vip_net_spend_minor,
        vip_window_days=policy.vip_window_days,
        active_interactions=policy.active_interactions,
        active_window_days=policy.active_window_days,
        dormant_after_days=policy.dormant_after_days,
        rfm_window_days=policy.rfm_window_days,
        cuts=RfmCuts(
            recency_days=tuple(policy.recency_cut_days),
            frequency=tuple(policy.frequency_cuts),
            monetary_minor=tuple(policy.monetary_cuts_minor),
        ),
        targets=tuple(
            TierTarget(Tier(target.tier), target.min_share, target.max_share) for target in policy.targets
        ),
    )


def quantiles_to_wire(cuts: RfmCuts) -> tiers_pb2.RfmQuantiles:
    return tiers_pb2.RfmQuantiles(
        recency_cut_days=cuts.recency_days,
        frequency_cuts=cuts.frequency,
        monetary_cuts_minor=cuts.monetary_minor,
    )


def _target_to_wire(target: TierTarget) -> tiers_pb2.TierTarget:
    return tiers_pb2.TierTarget(
        tier=tiers_pb2.Tier.ValueType(target.tier), min_share=target.min_share, max_share=target.max_share
    )


def share_to_wire(share: TierShare) -> tiers_pb2.TierShare:
    return tiers_pb2.TierShare(
        tier=tiers_pb2.Tier.ValueType(share.tier),
        members=share.members,
        share=share.share,
        target=_target_to_wire(share.target) if share.target else None,
        out_of_band=share.out_of_band,
        strategy=text("strategy", share.tier.name),
    )


def indicators_to_wire(of_group: GroupIndicators) -> indicators_pb2.GroupIndicators:
    return indicators_pb2.GroupIndicators(
        group_id=str(of_group.group_id),
        indicators=[_indicator_to_wire(indicator) for indicator in of_group.indicators],
        at_risk_of_leaving=of_group.at_risk_of_leaving,
    )


def _indicator_to_wire(indicator: Indicator) -> indicators_pb2.Indicator:
    return indicators_pb2.Indicator(
        kind=indicators_pb2.IndicatorKind.ValueType(indicator.kind),
        value=indicator.value,
        numerator=indicator.numerator,
        denominator=indicator.denominator,
        healthy_from=indicator.healthy_from,
        status=indicators_pb2.IndicatorStatus.ValueType(indicator.status),
        direction=text("direction", indicator.kind.name),
    )


def facts_to_wire(facts: DailyFacts) -> indicators_pb2.DailyFacts:
    return indicators_pb2.DailyFacts(
        group_id=str(facts.group_id),
        date=facts.date,
        messages=facts.messages,
        interactions=facts.interactions,
        members_present=facts.members_present,
        joined=facts.joined,
        left=facts.left,
        clicks=facts.clicks,
        shares=facts.shares,
        orders=facts.orders,
        net_spend_minor=facts.net_spend_minor,
    )
