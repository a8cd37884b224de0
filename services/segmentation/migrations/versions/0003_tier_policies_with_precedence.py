"""What tier policies and full recomputations need."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing yet."""
