"""Stock of flash sales as it changes."""

from collections.abc import AsyncGenerator
from typing import Annotated, Self, TypeAlias

import strawberry

from gateway.campaigns.types import Campaign
from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id, optional_uuid
from quanzi.campaigns.v1.events_pb2 import ClaimExpired, FlashSaleSoldOut, ItemReserved

StockEvent: TypeAlias = ItemReserved | ClaimExpired | FlashSaleSoldOut


@strawberry.type(description="The stock of a flash sale changed (库存变化).")
class CampaignStock:
    campaign_id: strawberry.ID = strawberry.field(description="Global id of the campaign.")
    available: int = strawberry.field(description="Units that can be claimed (剩余库存).")
    campaign_uuid: strawberry.Private[str]

    @resolved("The campaign as it is now.")
    async def campaign(self, info: Info) -> Campaign | None:
        return await info.context.loaders.campaigns.campaigns.load(self.campaign_uuid)

    @classmethod
    def of(cls, event: StockEvent) -> Self:
        return cls(
            campaign_id=global_id("Campaign", event.campaign_id),
            available=0 if isinstance(event, FlashSaleSoldOut) else event.available,
            campaign_uuid=event.campaign_id,
        )


@strawberry.type
class CampaignSubscriptions:
    @subscribed("Stock of flash sales (秒杀库存) as units are reserved and come back.")
    async def campaign_stock_changed(
        self,
        info: Info,
        campaign: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this campaign.")
        ] = None,
    ) -> AsyncGenerator[CampaignStock, None]:
        info.context.identity.require("admin", "operator", "moderator", "agent", "partner")
        campaign_id = optional_uuid(campaign, "Campaign", "campaign")
        events: AsyncGenerator[StockEvent, None]
        events = info.context.live(ItemReserved, ClaimExpired, FlashSaleSoldOut)
        async for event in events:
            if campaign_id in {"", event.campaign_id}:
                yield CampaignStock.of(event)
