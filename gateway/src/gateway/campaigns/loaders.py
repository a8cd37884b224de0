"""Loaders over the batch calls of campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from strawberry.dataloader import DataLoader

from gateway.campaigns.types import Campaign, Claim
from gateway.clients import Clients
from gateway.loading import loader
from quanzi.campaigns.v1 import campaigns_pb2, claims_pb2


class CampaignLoaders:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    @cached_property
    def campaigns(self) -> DataLoader[str, Campaign | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Campaign]:
            request = campaigns_pb2.BatchGetCampaignsRequest(ids=ids)
            answer = await self._clients.campaigns.BatchGetCampaigns(request)
            return {campaign.id: Campaign.of(campaign) for campaign in answer.campaigns}

        return loader(fetch)

    @cached_property
    def claims(self) -> DataLoader[str, Claim | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Claim]:
            answer = await self._clients.claims.BatchGetClaims(claims_pb2.BatchGetClaimsRequest(ids=ids))
            return {claim.id: Claim.of(claim) for claim in answer.claims}

        return loader(fetch)
