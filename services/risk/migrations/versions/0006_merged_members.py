"""Which members are one person, whose strikes count together."""

from chassis.migrations import create_merged_subjects

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    create_merged_subjects()
