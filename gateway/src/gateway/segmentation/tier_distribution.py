"""How members spread over tiers and RFM scores."""

from typing import Annotated, Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid
from gateway.scalars import Int64
from gateway.segmentation.arguments import InGroup
from gateway.segmentation.tiers import TIERS, Tier
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


@strawberry.type(description="Members who share their three RFM scores.")
class RfmCell:
    recency: int = strawberry.field(description="R, 1 to 5.")
    frequency: int = strawberry.field(description="F, 1 to 5.")
    monetary: int = strawberry.field(description="M, 1 to 5.")
    members: int = strawberry.field(description="Members with these scores.")
    share: float = strawberry.field(description="Their share of all buyers of the window, 0 to 1.")
    net_spend_minor: Int64 = strawberry.field(
        description="What they spent in the window, net of refunds, minor units."
    )


@strawberry.type(description="How members spread over the RFM scores.")
class RfmDistribution:
    cells: list[RfmCell] = strawberry.field(description="Cells without members are left out.")
    buyers: int = strawberry.field(description="Members with an order in the window: all cells together.")
    without_orders: int = strawberry.field(description="Members with no order in the window.")

    @classmethod
    def of(cls, answer: tiers_pb2.GetRfmDistributionResponse) -> Self:
        buyers = sum(cell.members for cell in answer.cells)
        return cls(
            cells=[
                RfmCell(
                    recency=cell.recency,
                    frequency=cell.frequency,
                    monetary=cell.monetary,
                    members=cell.members,
                    share=cell.members / buyers,
                    net_spend_minor=Int64(cell.net_spend_minor),
                )
                for cell in answer.cells
            ],
            buyers=buyers,
            without_orders=answer.without_orders,
        )


@strawberry.type
class TierDistributionQueries:
    @resolved("How members spread over the tiers, in the tenant or in one group.")
    async def tier_distribution(self, info: Info, group: InGroup = None) -> list[TierShare] | None:
        request = tiers_pb2.GetTierDistributionRequest(group_id=optional_uuid(group, "Group", "group"))
        answer = await info.context.clients.tiers.GetTierDistribution(request)
        return [TierShare.of(share) for share in answer.shares]

    @resolved("How members spread over the RFM scores, in the tenant or in one group.")
    async def rfm_distribution(
        self,
        info: Info,
        group: InGroup = None,
        monthly: Annotated[
            bool, strawberry.argument(description="Over the monthly window instead of the long one.")
        ] = False,
    ) -> RfmDistribution | None:
        request = tiers_pb2.GetRfmDistributionRequest(
            group_id=optional_uuid(group, "Group", "group"), monthly=monthly
        )
        return RfmDistribution.of(await info.context.clients.tiers.GetRfmDistribution(request))
