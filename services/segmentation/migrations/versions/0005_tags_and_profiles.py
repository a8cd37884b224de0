"""Tag rules and judgements, the timeline of a member, merges."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing yet."""
