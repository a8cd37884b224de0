"""What many members did is read from the indexes by member alone: they say what is counted and summed."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("alter table activities drop constraint activities_pkey")
    op.execute("""
        alter table activities add primary key (tenant_id, member_id, occurred_at, activity_id) include (kind)
    """)
    op.execute("drop index orders_tenant_id_member_id_paid_at_idx")
    op.execute("create index on orders (tenant_id, member_id, paid_at) include (paid_minor, refunded_minor)")
