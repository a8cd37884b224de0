"""The loaders of one operation."""

from __future__ import annotations

from gateway.campaigns.loaders import CampaignLoaders
from gateway.clients import Clients
from gateway.content.loaders import ContentLoaders
from gateway.partners.desk import PartnerDesk
from gateway.partners.loaders import PartnerLoaders
from gateway.risk.loaders import RiskLoaders
from gateway.segmentation.loaders import SegmentationLoaders
from gateway.support.loaders import SupportLoaders
from gateway.webhooks.desk import WebhookDesk


class Loaders:
    def __init__(self, clients: Clients, partners: PartnerDesk, webhooks: WebhookDesk) -> None:
        self.segmentation = SegmentationLoaders(clients)
        self.content = ContentLoaders(clients)
        self.campaigns = CampaignLoaders(clients)
        self.support = SupportLoaders(clients)
        self.risk = RiskLoaders(clients)
        self.partners = PartnerLoaders(partners, webhooks)
