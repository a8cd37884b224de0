"""The tables as the migrations leave them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.tables import chassis_tables

metadata = MetaData()
chassis_tables(metadata)
_Instant = DateTime(timezone=True)

partners = Table(
    "partners",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("registered_at", _Instant, nullable=False),
    Column("disabled_at", _Instant),
    Column(
        "events_from",
        _Instant,
        nullable=False,
        comment="its NATS consumer begins with the events of this instant",
    ),
    Index("partners_name", "tenant_id", "name", unique=True),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("prefix", Text, primary_key=True),
    Column("partner_id", Uuid, nullable=False),
    Column("hash", LargeBinary, nullable=False, comment="HMAC-SHA256 of the key under the pepper"),
    Column("created_at", _Instant, nullable=False),
    Column("expires_at", _Instant),
    ForeignKeyConstraint(["tenant_id", "partner_id"], ["partners.tenant_id", "partners.id"]),
    Index("api_keys_prefix", "prefix", unique=True),
    Index("api_keys_partner", "tenant_id", "partner_id"),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("partner_id", Uuid, nullable=False),
    Column("url", Text, nullable=False),
    Column("event_types", ARRAY(Text), nullable=False, comment="empty: all"),
    Column("group_ids", ARRAY(Uuid), nullable=False, comment="empty: all events, also those of no group"),
    Column("status", Text, nullable=False),
    Column("status_reason", Text),
    Column("created_at", _Instant, nullable=False),
    Column("secret_id", Uuid, nullable=False, comment="the secret is derived from it and the pepper"),
    Column("previous_secret_id", Uuid),
    Column("previous_secret_until", _Instant),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column("failing_since", _Instant),
    Column("resume_at", _Instant, comment="it asked to be left alone until then"),
    ForeignKeyConstraint(["tenant_id", "partner_id"], ["partners.tenant_id", "partners.id"]),
    CheckConstraint("status in ('ACTIVE', 'PAUSED', 'DISABLED')", name="webhook_endpoints_status"),
    Index("webhook_endpoints_partner", "tenant_id", "partner_id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True, comment="derived from endpoint and event: one row for both"),
    Column("endpoint_id", Uuid, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("occurred_at", _Instant, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="CloudEvent, structured JSON"),
    Column("status", Text, nullable=False),
    Column("queued_at", _Instant, nullable=False),
    Column(
        "due_at", _Instant, nullable=False, comment="of a pending one: when to send, or the end of a lease"
    ),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("attempted_at", _Instant),
    Column("response_code", Integer),
    Column("response_text", Text),
    Column("error", Text),
    Column("duration_ms", Integer),
    ForeignKeyConstraint(
        ["tenant_id", "endpoint_id"],
        ["webhook_endpoints.tenant_id", "webhook_endpoints.id"],
        ondelete="CASCADE",
    ),
    CheckConstraint("status in ('PENDING', 'DELIVERED', 'FAILED')", name="webhook_deliveries_status"),
    Index("webhook_deliveries_listed", "tenant_id", "occurred_at", "id"),
    Index("webhook_deliveries_of_endpoint", "tenant_id", "endpoint_id", "occurred_at", "id"),
    Index("webhook_deliveries_age", "queued_at", postgresql_using="brin"),
)
Index(
    "webhook_deliveries_due",
    webhook_deliveries.c.tenant_id,
    webhook_deliveries.c.endpoint_id,
    webhook_deliveries.c.due_at,
    postgresql_where=webhook_deliveries.c.status == "PENDING",
)
