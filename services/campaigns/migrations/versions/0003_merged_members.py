"""Which members are one customer, so that limits per member hold for the customer."""

from chassis.migrations import create_merged_subjects

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    create_merged_subjects()
