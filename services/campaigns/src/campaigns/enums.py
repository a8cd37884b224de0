"""The vocabularies of campaigns and those of the contract."""

from campaigns.domain.campaign import CampaignStatus, CampaignType
from campaigns.domain.claim import ClaimStatus
from chassis.enums import WireEnum
from quanzi.campaigns.v1 import campaigns_pb2, claims_pb2

CAMPAIGN_STATUSES = WireEnum(CampaignStatus, campaigns_pb2.CampaignStatus)
CAMPAIGN_TYPES = WireEnum(CampaignType, campaigns_pb2.CampaignType)
CLAIM_STATUSES = WireEnum(ClaimStatus, claims_pb2.ClaimStatus)
