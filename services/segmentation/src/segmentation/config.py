"""Settings of the segmentation process; read from the environment in bootstrap."""

from chassis.settings import ServiceSettings


class SegmentationSettings(ServiceSettings):
    service: str = "segmentation"
