"""The tiers of all are decided from the interactions of weeks: they are read from an index by time alone."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    # message, like, share, click, favourite, check-in, own content, answer: what tiers count
    op.execute("""
        create index on activities (tenant_id, occurred_at, member_id)
        where kind in (3, 4, 5, 6, 7, 8, 9, 13)
    """)
