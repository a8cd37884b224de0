"""Settings of the segmentation process; read from the environment in bootstrap."""

from pydantic import Field

from chassis.settings import Address, ServiceSettings


class SegmentationSettings(ServiceSettings):
    service: str = "segmentation"
    # Asked for what they keep of a member, when that is exported.
    content_address: Address
    campaigns_address: Address
    support_address: Address
    risk_address: Address
    # The largest file of an export.
    export_bytes: int = Field(default=512 * 1024 * 1024, ge=1)
    # Months of activities and of the tier history to keep; unset keeps all.
    activity_retention_months: int | None = Field(default=None, ge=1)
