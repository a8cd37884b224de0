"""Settings of the service."""

from chassis.settings import ServiceSettings


class CampaignsSettings(ServiceSettings):
    """It calls no other service: what every service has is all it needs."""

    service: str = "campaigns"
