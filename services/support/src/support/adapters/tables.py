"""The tables of the service."""

from sqlalchemy import Boolean, Column, DateTime, Double, Index, Integer, MetaData, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = MetaData()
Instant = DateTime(timezone=True)

tickets = Table(
    "tickets",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("member_id", Uuid, nullable=False),
    Column("group_id", Uuid),
    Column("status", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("assignee", Text),
    Column("opened_at", Instant, nullable=False),
    Column("first_response_due_at", Instant),
    Column("first_responded_at", Instant),
    Column("first_response_breached", Boolean, nullable=False),
    Column("resolved_at", Instant),
    Column("handover_reason", Text),
    Column("version", Integer, nullable=False),
    Index("tickets_by_age", "tenant_id", "opened_at", "id"),
    Index(
        "tickets_queued",
        "tenant_id",
        "opened_at",
        "id",
        postgresql_where=text("status in ('queued', 'reopened')"),
    ),
    Index(
        "tickets_open_by_member",
        "tenant_id",
        "member_id",
        "opened_at",
        postgresql_where=text("status not in ('resolved', 'closed')"),
    ),
)

ticket_replies = Table(
    "ticket_replies",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", Uuid, nullable=False),
    Column("author", Text, nullable=False),
    Column("author_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("replied_at", Instant, nullable=False),
    Index("ticket_replies_by_ticket", "tenant_id", "ticket_id", "replied_at", "id"),
)

faq_entries = Table(
    "faq_entries",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("external_reference", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("paraphrases", ARRAY(Text), nullable=False),
    Column("answer", Text, nullable=False),
    Index("faq_entries_reference", "tenant_id", "external_reference", unique=True),
)

faq_versions = Table(
    "faq_versions",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
)

keyword_replies = Table(
    "keyword_replies",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("keyword", Text, primary_key=True),
    Column("answer", Text, nullable=False),
)

answers = Table(
    "answers",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("question_id", Uuid, primary_key=True),
    Column("member_id", Uuid, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("faq_entry_id", Uuid),
    Column("confidence", Double, nullable=False),
    Column("answered_at", Instant, nullable=False),
)

support_policies = Table(
    "support_policies",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("policy", JSONB, nullable=False),
    Column("created_at", Instant, nullable=False),
)
