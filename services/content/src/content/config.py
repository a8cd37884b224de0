"""Settings of the service."""

from chassis.settings import Address, ServiceSettings


class ContentSettings(ServiceSettings):
    service: str = "content"
    risk_address: Address
