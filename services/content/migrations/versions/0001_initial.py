"""Library, plans, posts, contact budgets, policies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.migrations import create_chassis_tables, isolate

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_chassis_tables()
    op.create_table(
        "items",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("external_reference", sa.Text),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("screening_verdict", sa.Text),
        sa.Column("status_reason", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    )
    op.create_index("items_external_reference", "items", ["tenant_id", "external_reference"], unique=True)
    op.create_index("items_newest", "items", ["tenant_id", "created_at", "id"])
    op.create_table(
        "plans",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("start_date", sa.Date, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("group_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("posts_per_day", sa.Integer, nullable=False),
        sa.Column("mix", JSONB, nullable=False),
        sa.Column("gaps", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    op.create_index("plans_newest", "plans", ["tenant_id", "created_at", "id"])
    op.create_table(
        "posts",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("plan_id", sa.Uuid, nullable=False),
        sa.Column("group_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("item_version", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("delivered_at", INSTANT),
        sa.Column("reminders", sa.Integer, nullable=False),
    )
    op.create_index("posts_by_plan", "posts", ["tenant_id", "plan_id", "due_at", "id"])
    op.create_index("posts_by_group", "posts", ["tenant_id", "group_id", "due_at", "id"])
    op.create_index("posts_by_time", "posts", ["tenant_id", "due_at", "id"])
    op.create_table(
        "contact_budgets",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("group_id", sa.Uuid, primary_key=True),
        sa.Column("month", sa.Text, primary_key=True),
        sa.Column("monthly_limit", sa.Integer, nullable=False),
        sa.Column("reserved", sa.Integer, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "reserved >= 0 and sent >= 0 and reserved + sent <= monthly_limit", "within_limit"
        ),
    )
    op.create_table(
        "content_policies",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("policy", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    isolate("items", "plans", "posts", "contact_budgets", "content_policies")
