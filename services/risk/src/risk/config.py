"""Settings of the process; nothing beyond those of every service."""

from chassis.settings import ServiceSettings


class RiskSettings(ServiceSettings):
    service: str = "risk"
