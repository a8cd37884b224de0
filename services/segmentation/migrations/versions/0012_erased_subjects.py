"""Who was erased is kept as every service keeps it: in the table of the chassis."""

from alembic import op

revision = "0012"
down_revision = "0009"


def upgrade() -> None:
    op.execute("alter table erased_members rename to erased_subjects")
    op.execute("alter table erased_subjects rename constraint erased_members_pkey to erased_subjects_pkey")
    op.execute("alter table erased_subjects rename column member_id to subject_id")
    op.execute("alter table erased_subjects alter column subject_id type text")
