"""Settings of the segmentation process; read from the environment in bootstrap."""

from pydantic import Field

from chassis.settings import ServiceSettings


class SegmentationSettings(ServiceSettings):
    service: str = "segmentation"
    # Months of activities and of the tier history to keep; unset keeps all.
    activity_retention_months: int | None = Field(default=None, ge=1)
