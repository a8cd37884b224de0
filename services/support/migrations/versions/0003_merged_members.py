"""Which members are one customer, who talks to one agent."""

from chassis.migrations import create_merged_subjects

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    create_merged_subjects()
