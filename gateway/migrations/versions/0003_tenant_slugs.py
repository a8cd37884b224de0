"""A slug names one tenant."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("create unique index tenants_slug on tenants (slug)")
