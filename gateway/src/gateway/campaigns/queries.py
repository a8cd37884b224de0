"""Reading campaigns and claims."""

from typing import Annotated

import strawberry

from gateway.campaigns.types import Campaign, CampaignPolicy, Claim, ClaimStatus
from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.errors import invalid
from gateway.fields import resolved
from gateway.global_ids import optional_uuid
from gateway.segmentation.arguments import InGroup, OfMember
from gateway.values import number
from quanzi.campaigns.v1 import campaigns_pb2, claims_pb2


@strawberry.type
class CampaignQueries:
    @resolved("Campaigns (活动), the latest start first.")
    async def campaigns(
        self, info: Info, first: First = 20, after: After = None, group: InGroup = None
    ) -> Connection[Campaign] | None:
        request = campaigns_pb2.ListCampaignsRequest(
            page=page(info, first, after), group_id=optional_uuid(group, "Group", "group")
        )
        answer = await info.context.clients.campaigns.ListCampaigns(request)
        return connection(map(Campaign.of, answer.campaigns), answer.page_info, after)

    @resolved("Claims (预占) of a campaign or a member, newest first.")
    async def claims(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        campaign: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this campaign.")
        ] = None,
        member: OfMember = None,
        status: Annotated[ClaimStatus | None, strawberry.argument(description="Only in this state.")] = None,
    ) -> Connection[Claim] | None:
        if campaign is None and member is None:
            raise invalid("campaign", "name a campaign or a member")
        request = claims_pb2.ListClaimsRequest(
            page=page(info, first, after),
            campaign_id=optional_uuid(campaign, "Campaign", "campaign"),
            member_id=optional_uuid(member, "Member", "member"),
            status=number(status),
        )
        answer = await info.context.clients.claims.ListClaims(request)
        return connection(map(Claim.of, answer.claims), answer.page_info, after)

    @resolved("The campaign policy in force (活动规则).")
    async def campaign_policy(self, info: Info) -> CampaignPolicy | None:
        request = campaigns_pb2.GetCampaignPolicyRequest()
        answer = await info.context.clients.campaigns.GetCampaignPolicy(request)
        return CampaignPolicy.of(answer.policy)
