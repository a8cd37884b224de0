"""Settings of the service."""

from chassis.settings import ServiceSettings


class SupportSettings(ServiceSettings):
    """It calls no other service: what every service has is all it needs."""

    service: str = "support"
