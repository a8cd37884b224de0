"""The tenant's tier policy: read, its versions, replaced."""

from datetime import datetime
from typing import Self

import strawberry

from gateway.clients import WHOLE_TENANT
from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.mutation import Input, Payload, mutation, payload
from gateway.scalars import Int64
from gateway.segmentation.tier_distribution import TierTarget
from gateway.segmentation.tiers import TIERS, Tier
from gateway.values import moment, number
from quanzi.segmentation.v1 import tiers_pb2

_PRECEDENCE = (
    "The order in which rules are tried, first match wins; REGULAR is what is left, and not named. "
    "Empty means the order of `Tier`."
)
_MONTHLY = "Window of the monthly RFM, in days."


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
    precedence: list[Tier] = strawberry.field(description=_PRECEDENCE)
    monthly_rfm_window_days: int = strawberry.field(description=_MONTHLY)

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
            precedence=[TIERS[tier] for tier in policy.precedence],
            monthly_rfm_window_days=policy.monthly_rfm_window_days,
        )


@strawberry.type(description="A version of the tier policy.")
class TierPolicyVersion:
    policy: TierPolicy = strawberry.field(description="The policy.")
    created_at: datetime = strawberry.field(description="In force since.")

    @classmethod
    def of(cls, version: tiers_pb2.TierPolicyVersion) -> Self:
        return cls(policy=TierPolicy.of(version.policy), created_at=moment(version.created_at))


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
    precedence: list[Tier] = strawberry.field(description=_PRECEDENCE, default_factory=list)
    monthly_rfm_window_days: int = strawberry.field(description=_MONTHLY, default=30)

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
            precedence=map(number, self.precedence),
            monthly_rfm_window_days=self.monthly_rfm_window_days,
        )


@strawberry.input(description="Input of `tierPolicyUpdate`.")
class TierPolicyUpdateInput:
    policy: TierPolicyInput = strawberry.field(description="The new policy, whole.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class TierPolicyUpdatePayload(Payload):
    policy: TierPolicy | None = strawberry.field(description="The new policy.", default=None)
    changed_members: int | None = strawberry.field(description="Members whose tier changed.", default=None)


@payload()
class TiersRecomputePayload(Payload):
    members: int | None = strawberry.field(description="Members decided.", default=None)
    changed_members: int | None = strawberry.field(description="Members whose tier changed.", default=None)


@strawberry.type
class TierPolicyQueries:
    @resolved("The tier policy in force (分层规则).")
    async def tier_policy(self, info: Info) -> TierPolicy | None:
        answer = await info.context.clients.tiers.GetTierPolicy(tiers_pb2.GetTierPolicyRequest())
        return TierPolicy.of(answer.policy)

    @resolved("All versions of the tier policy, newest first.")
    async def tier_policy_versions(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[TierPolicyVersion] | None:
        request = tiers_pb2.ListTierPoliciesRequest(page=page(info, first, after))
        answer = await info.context.clients.tiers.ListTierPolicies(request)
        return connection(map(TierPolicyVersion.of, answer.policies), answer.page_info, after)


@strawberry.type
class TierPolicyMutations:
    @mutation("Replaces the tier policy (分层规则) and decides every member's tier again.")
    async def tier_policy_update(
        self, info: Info, input: Input[TierPolicyUpdateInput]
    ) -> TierPolicyUpdatePayload | None:
        request = tiers_pb2.UpdateTierPolicyRequest(
            policy=input.policy.message(), expected_version=input.expected_version
        )
        answer = await info.context.clients.tiers.UpdateTierPolicy(request, timeout=WHOLE_TENANT)
        return TierPolicyUpdatePayload(policy=TierPolicy.of(answer.policy), changed_members=answer.changed)

    @mutation("Decides every member's tier again by the policy in force (重新分层).")
    async def tiers_recompute(self, info: Info) -> TiersRecomputePayload | None:
        request = tiers_pb2.RecomputeTiersRequest()
        answer = await info.context.clients.tiers.RecomputeTiers(request, timeout=WHOLE_TENANT)
        return TiersRecomputePayload(members=answer.members, changed_members=answer.changed)
