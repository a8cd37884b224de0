"""Tickets, replies, knowledge, answers, policies."""

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
        "tickets",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("group_id", sa.Uuid),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("assignee", sa.Text),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("first_response_due_at", INSTANT),
        sa.Column("first_responded_at", INSTANT),
        sa.Column("first_response_breached", sa.Boolean, nullable=False),
        sa.Column("resolved_at", INSTANT),
        sa.Column("handover_reason", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("tickets_by_age", "tickets", ["tenant_id", "opened_at", "id"])
    op.create_index(
        "tickets_queued",
        "tickets",
        ["tenant_id", "opened_at", "id"],
        postgresql_where=sa.text("status in ('queued', 'reopened')"),
    )
    op.create_index(
        "tickets_open_by_member",
        "tickets",
        ["tenant_id", "member_id", "opened_at"],
        postgresql_where=sa.text("status not in ('resolved', 'closed')"),
    )
    op.create_table(
        "ticket_replies",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("ticket_id", sa.Uuid, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("author_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("replied_at", INSTANT, nullable=False),
    )
    op.create_index(
        "ticket_replies_by_ticket", "ticket_replies", ["tenant_id", "ticket_id", "replied_at", "id"]
    )
    op.create_table(
        "faq_entries",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("external_reference", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("paraphrases", ARRAY(sa.Text), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )
    op.create_index("faq_entries_reference", "faq_entries", ["tenant_id", "external_reference"], unique=True)
    op.create_table(
        "faq_versions",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "keyword_replies",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("keyword", sa.Text, primary_key=True),
        sa.Column("answer", sa.Text, nullable=False),
    )
    op.create_table(
        "answers",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("question_id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("faq_entry_id", sa.Uuid),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
    )
    op.create_table(
        "support_policies",
        sa.Column("tenant_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("policy", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
    )
    isolate(
        "tickets", "ticket_replies", "faq_entries", "faq_versions", "keyword_replies", "answers",
        "support_policies",
    )  # fmt: skip
