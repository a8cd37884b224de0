"""The tables of the chassis. Every service has its own copy of them in its own schema."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

CHASSIS = MetaData()
Instant = DateTime(timezone=True)

outbox = Table(
    "outbox",
    CHASSIS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("schema", Text, nullable=False),
    Column("partition_key", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False, server_default=func.clock_timestamp()),
    Column("traceparent", Text),
    Index("outbox_sequence", "sequence", unique=True),
)

inbox = Table(
    "inbox",
    CHASSIS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("consumer", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("claimed_at", Instant, nullable=False, server_default=func.now()),
    Index("inbox_claimed_at", "claimed_at", postgresql_using="brin"),
)

timers = Table(
    "timers",
    CHASSIS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column(
        "version", Uuid, nullable=False, comment="new at every schedule(): a firing takes only what it saw"
    ),
    Column(
        "wake_at",
        Instant,
        nullable=False,
        comment="due_at, or the end of a lease or of a pause after failure",
    ),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("parked_at", Instant, comment="given up at; schedule() revives"),
    Column("reason", Text, comment="of the last failure"),
)
Index("timers_wake_at", timers.c.wake_at, postgresql_where=timers.c.parked_at.is_(None))

idempotency_keys = Table(
    "idempotency_keys",
    CHASSIS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("operation", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("response", LargeBinary),
    Column("claimed_at", Instant, nullable=False, server_default=func.now()),
    Index("idempotency_keys_claimed_at", "claimed_at", postgresql_using="brin"),
)

tenants = Table(
    "tenants",
    CHASSIS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("currency", Text, nullable=False),
)

# In services that take activities in: see chassis.erased.
erased_subjects = Table(
    "erased_subjects",
    MetaData(),
    Column("tenant_id", Uuid, primary_key=True),
    Column("subject_id", Text, primary_key=True),
    Column("erased_at", Instant, nullable=False),
)

# In services that count per person: see chassis.merged.
merged_subjects = Table(
    "merged_subjects",
    MetaData(),
    Column("tenant_id", Uuid, primary_key=True),
    Column("merge_id", Uuid, primary_key=True),
    Column("subject_id", Uuid, nullable=False),
    Column("merged_subject_id", Uuid, nullable=False),
    Column("reversed", Boolean, nullable=False),
    Index("merged_subjects_subject_id", "tenant_id", "subject_id"),
    Index("merged_subjects_merged_subject_id", "tenant_id", "merged_subject_id"),
)


def chassis_tables(metadata: MetaData) -> None:
    """Add the tables to a service's metadata."""
    for table in CHASSIS.tables.values():
        table.to_metadata(metadata)
