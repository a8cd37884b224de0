"""Activities, the timeline and the tier history in partitions of one month, each activity id kept once."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing yet."""
