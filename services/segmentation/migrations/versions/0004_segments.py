"""Segments, their members, and when to look at a member again."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing yet."""
