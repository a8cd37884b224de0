"""Tiers, RFM and their policy as the messages of tiers.proto, and back."""

from chassis import texts
from chassis.timestamps import timestamp
from quanzi.segmentation.v1 import tiers_pb2
from segmentation.application.preview_tier_policy import TierPolicyPreview
from segmentation.domain.policy import (
    DEFAULT_MONTHLY_DAYS,
    DEFAULT_PRECEDENCE,
    RfmCuts,
    Tier,
    TierPolicy,
    TierPolicyVersion,
    TierTarget,
)
from segmentation.domain.rfm import RfmCell, RfmScore
from segmentation.domain.tiers import TierAssignment, TierShare

text = texts.load("segmentation")


def rfm_to_wire(rfm: RfmScore) -> tiers_pb2.RfmScore:
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
        precedence=[tiers_pb2.Tier.ValueType(tier) for tier in policy.precedence],
        monthly_rfm_window_days=policy.monthly_rfm_window_days,
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
        precedence=tuple(map(Tier, policy.precedence)) or DEFAULT_PRECEDENCE,
        monthly_rfm_window_days=policy.monthly_rfm_window_days or DEFAULT_MONTHLY_DAYS,
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


def version_to_wire(version: TierPolicyVersion) -> tiers_pb2.TierPolicyVersion:
    return tiers_pb2.TierPolicyVersion(
        policy=policy_to_wire(version.policy), created_at=timestamp(version.created_at)
    )


def preview_to_wire(preview: TierPolicyPreview) -> tiers_pb2.PreviewTierPolicyResponse:
    return tiers_pb2.PreviewTierPolicyResponse(
        changed=sum(preview.moves.values()),
        members=preview.members,
        moves=[
            tiers_pb2.TierMove(
                to=tiers_pb2.Tier.ValueType(tier),
                members=members,
                **{"from": tiers_pb2.Tier.ValueType(held or 0)},
            )
            for (held, tier), members in sorted(
                preview.moves.items(), key=lambda move: (move[0][0] or 0, move[0][1])
            )
        ],
        shares=map(share_to_wire, preview.shares),
    )


def cell_to_wire(cell: RfmCell) -> tiers_pb2.RfmCell:
    return tiers_pb2.RfmCell(
        recency=cell.recency,
        frequency=cell.frequency,
        monetary=cell.monetary,
        members=cell.members,
        net_spend_minor=cell.net_spend_minor,
    )
