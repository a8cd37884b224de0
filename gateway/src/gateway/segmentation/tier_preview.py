"""What a tier policy would change, and cut points to put into one."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from gateway.clients import WHOLE_TENANT
from gateway.context import Info
from gateway.fields import resolved
from gateway.scalars import Int64
from gateway.segmentation.tier_distribution import TierShare
from gateway.segmentation.tier_policy import TierPolicyInput
from gateway.segmentation.tiers import TIERS, Tier
from gateway.values import timestamp
from quanzi.segmentation.v1 import tiers_pb2


@strawberry.type(description="Members who would go from one tier to another.")
class TierMove:
    from_tier: Tier | None = strawberry.field(description="Where they are; null for no tier yet.")
    to_tier: Tier = strawberry.field(description="Where they would be.")
    members: int = strawberry.field(description="How many.")

    @classmethod
    def of(cls, move: tiers_pb2.TierMove) -> Self:
        return cls(from_tier=TIERS.get(getattr(move, "from")), to_tier=TIERS[move.to], members=move.members)


@strawberry.type(description="What a tier policy would change if it were in force.")
class TierPolicyPreview:
    changed_members: int = strawberry.field(description="Members whose tier would change.")
    members: int = strawberry.field(description="Members in all.")
    moves: list[TierMove] = strawberry.field(description="From where to where.")
    shares: list[TierShare] = strawberry.field(description="How members would spread over the tiers.")

    @classmethod
    def of(cls, answer: tiers_pb2.PreviewTierPolicyResponse) -> Self:
        return cls(
            changed_members=answer.changed,
            members=answer.members,
            moves=[TierMove.of(move) for move in answer.moves],
            shares=[TierShare.of(share) for share in answer.shares],
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


@strawberry.type
class TierPreviewQueries:
    @resolved("What a tier policy would change (试算): nothing is saved.")
    async def tier_policy_preview(
        self,
        info: Info,
        policy: Annotated[TierPolicyInput, strawberry.argument(description="The policy to try.")],
    ) -> TierPolicyPreview | None:
        request = tiers_pb2.PreviewTierPolicyRequest(policy=policy.message())
        answer = await info.context.clients.tiers.PreviewTierPolicy(request, timeout=WHOLE_TENANT)
        return TierPolicyPreview.of(answer)

    @resolved("Proposes RFM cut points from the tenant's own orders.")
    async def rfm_cuts_proposal(
        self,
        info: Info,
        as_of: Annotated[datetime | None, strawberry.argument(description="Moment; default now.")] = None,
    ) -> RfmCutsProposal | None:
        request = tiers_pb2.ProposeRfmCutsRequest(as_of=timestamp(as_of) if as_of else None)
        return RfmCutsProposal.of(await info.context.clients.tiers.ProposeRfmCuts(request))
