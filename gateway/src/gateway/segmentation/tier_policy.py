"""The tenant's tier policy, its distribution, and proposals for it."""

from typing import Self

import strawberry

from gateway.scalars import Int64
from gateway.segmentation.types import TIERS, Tier
from gateway.values import number
from quanzi.segmentation.v1 import tiers_pb2


@strawberry.type(description="Target share of a tier.")
class TierTarget:
    tier: Tier = strawberry.field(description="The tier.")
    min_share: float = strawberry.field(description="At least, 0 to 1.")
    max_share: float = strawberry.field(description="At most, 0 to 1.")

    @classmethod
    def of(cls, target: tiers_pb2.TierTarget) -> Self:
        return cls(tier=TIERS[target.tier], min_share=target.min_share, max_share=target.max_share)


@strawberry.type(description="How many members are in a tier, beside the target.")
class TierShare:
    tier: Tier = strawberry.field(description="The tier.")
    members: int = strawberry.field(description="Members in it.")
    share: float = strawberry.field(description="Their share, 0 to 1.")
    target: TierTarget | None = strawberry.field(description="Null for a tier without target.")
    out_of_band: bool = strawberry.field(description="The share is outside the target.")
    strategy: str = strawberry.field(description="What to do for this tier, in Chinese (运营策略).")

    @classmethod
    def of(cls, share: tiers_pb2.TierShare) -> Self:
        return cls(
            tier=TIERS[share.tier],
            members=share.members,
            share=share.share,
            target=TierTarget.of(share.target) if share.HasField("target") else None,
            out_of_band=share.out_of_band,
            strategy=share.strategy,
        )


@strawberry.type(description="Rules of tiers and RFM; every change makes a new version.")
class TierPolicy:
    version: int = strawberry.field(description="Counts changes.")
    vip_net_spend_minor: Int64 = strawberry.field(description="VIP from this net spend, minor units.")
    vip_window_days: int = strawberry.field(description="Within this many days.")
    active_interactions: int = strawberry.field(description="Active from this many interactions.")
    active_window_days: int = strawberry.field(description="Within this many days.")
    dormant_after_days: int = strawberry.field(description="Dormant after this long without interaction.")
    rfm_window_days: int = strawberry.field(description="Window of RFM.")
    recency_cut_days: list[int] = strawberry.field(description="Four cut points of R, in days.")
    frequency_cuts: list[int] = strawberry.field(description="Four cut points of F, in orders.")
    monetary_cuts_minor: list[Int64] = strawberry.field(description="Four cut points of M, in minor units.")
    targets: list[TierTarget] = strawberry.field(description="Target shares.")

    @classmethod
    def of(cls, policy: tiers_pb2.TierPolicy) -> Self:
        return cls(
            version=policy.version,
            vip_net_spend_minor=Int64(policy.vip_net_spend_minor),
            vip_window_days=policy.vip_window_days,
            active_interactions=policy.active_interactions,
            active_window_days=policy.active_window_days,
            dormant_after_days=policy.dormant_after_days,
            rfm_window_days=policy.rfm_window_days,
            recency_cut_days=list(policy.recency_cut_days),
            frequency_cuts=list(policy.frequency_cuts),
            monetary_cuts_minor=[Int64(cut) for cut in policy.monetary_cuts_minor],
            targets=[TierTarget.of(target) for target in policy.targets],
        )


@strawberry.type(description="Cut points that would put about a fifth of the buyers into each score.")
class RfmCutsProposal:
    recency_cut_days: list[int] = strawberry.field(description="For R, in days.")
    frequency_cuts: list[int] = strawberry.field(description="For F, in orders.")
    monetary_cuts_minor: list[Int64] = strawberry.field(description="For M, in minor units.")
    buyers: int = strawberry.field(description="Members with an order in the window.")

    @classmethod
    def of(cls, answer: tiers_pb2.ProposeRfmCutsResponse) -> Self:
        return cls(
            recency_cut_days=list(answer.quantiles.recency_cut_days),
            frequency_cuts=list(answer.quantiles.frequency_cuts),
            monetary_cuts_minor=[Int64(cut) for cut in answer.quantiles.monetary_cuts_minor],
            buyers=answer.buyers,
        )


@strawberry.input(description="Target share of a tier.")
class TierTargetInput:
    tier: Tier = strawberry.field(description="The tier.")
    min_share: float = strawberry.field(description="At least, 0 to 1.")
    max_share: float = strawberry.field(description="At most, 0 to 1.")

    def message(self) -> tiers_pb2.TierTarget:
        return tiers_pb2.TierTarget(
            tier=number(self.tier), min_share=self.min_share, max_share=self.max_share
        )


@strawberry.input(description="The whole policy; what is left out here is not kept.")
class TierPolicyInput:
    vip_net_spend_minor: Int64 = strawberry.field(description="VIP from this net spend, minor units.")
    vip_window_days: int = strawberry.field(description="Within this many days.")
    active_interactions: int = strawberry.field(description="Active from this many interactions.")
    active_window_days: int = strawberry.field(description="Within this many days.")
    dormant_after_days: int = strawberry.field(description="Dormant after this long without interaction.")
    rfm_window_days: int = strawberry.field(description="Window of RFM.")
    recency_cut_days: list[int] = strawberry.field(description="Four cut points of R, in days.")
    frequency_cuts: list[int] = strawberry.field(description="Four cut points of F, in orders.")
    monetary_cuts_minor: list[Int64] = strawberry.field(description="Four cut points of M, in minor units.")
    targets: list[TierTargetInput] = strawberry.field(description="Target shares.")

    def message(self) -> tiers_pb2.TierPolicy:
        return tiers_pb2.TierPolicy(
            vip_net_spend_minor=self.vip_net_spend_minor,
            vip_window_days=self.vip_window_days,
            active_interactions=self.active_interactions,
            active_window_days=self.active_window_days,
            dormant_after_days=self.dormant_after_days,
            rfm_window_days=self.rfm_window_days,
            recency_cut_days=self.recency_cut_days,
            frequency_cuts=self.frequency_cuts,
            monetary_cuts_minor=self.monetary_cuts_minor,
            targets=[target.message() for target in self.targets],
        )
