"""Who was erased, so that old activities do not bring anybody back."""

from chassis.migrations import create_erased_subjects

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_erased_subjects()
