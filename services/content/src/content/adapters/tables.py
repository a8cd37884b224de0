"""The tables of the service."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

METADATA = MetaData()
Instant = DateTime(timezone=True)

items = Table(
    "items",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("external_reference", Text),
    Column("type", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("screening_verdict", Text),
    Column("status_reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("items_external_reference", "tenant_id", "external_reference", unique=True),
    Index("items_newest", "tenant_id", "created_at", "id"),
)

plans = Table(
    "plans",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("status", Text, nullable=False),
    Column("start_date", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("group_ids", ARRAY(Uuid), nullable=False),
    Column("posts_per_day", Integer, nullable=False),
    Column("mix", JSONB, nullable=False),
    Column("gaps", JSONB, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("plans_newest", "tenant_id", "created_at", "id"),
)

posts = Table(
    "posts",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("plan_id", Uuid, nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("item_id", Uuid, nullable=False),
    Column("item_version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("delivered_at", Instant),
    Column("reminders", Integer, nullable=False),
    Index("posts_by_plan", "tenant_id", "plan_id", "due_at", "id"),
    Index("posts_by_group", "tenant_id", "group_id", "due_at", "id"),
    Index("posts_by_time", "tenant_id", "due_at", "id"),
)

contact_budgets = Table(
    "contact_budgets",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("group_id", Uuid, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("monthly_limit", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    CheckConstraint("reserved >= 0 and sent >= 0 and reserved + sent <= monthly_limit", "within_limit"),
)

content_policies = Table(
    "content_policies",
    METADATA,
    Column("tenant_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("policy", JSONB, nullable=False),
    Column("created_at", Instant, nullable=False),
)
