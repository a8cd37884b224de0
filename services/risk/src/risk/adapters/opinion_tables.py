"""Tables of the watch on opinion, as the migrations leave them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from risk.adapters.tables import metadata, policy_table

_Instant = DateTime(timezone=True)

opinion_counts = Table(
    "opinion_counts",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("bucket_at", _Instant, primary_key=True),
    Column("scope_id", Uuid, primary_key=True, comment="a group; all zeros: the tenant as a whole"),
    Column("messages", Integer, nullable=False),
    Column("negatives", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
    Index("opinion_counts_by_scope", "tenant_id", "scope_id", "bucket_at"),
)

opinion_baselines = Table(
    "opinion_baselines",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("scope_id", Uuid, primary_key=True),
    Column("hour", SmallInteger, primary_key=True, comment="of the week, from Monday midnight of the tenant"),
    Column("hours", Float, nullable=False, comment="how many count, each week less than the next"),
    Column("messages", Float, nullable=False),
    Column("negatives", Float, nullable=False),
    Column("complaints", Float, nullable=False),
    CheckConstraint("hour between 0 and 167", name="opinion_baselines_hour"),
    Index("opinion_baselines_by_hour", "tenant_id", "hour"),
)

opinion_watches = Table(
    "opinion_watches",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("since", _Instant, nullable=False),
    Column("learnt_until", _Instant, nullable=False),
    Column("judged_until", _Instant, nullable=False),
)

opinion_incidents = Table(
    "opinion_incidents",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("scope_id", Uuid, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("unusual_at", _Instant, nullable=False, comment="last"),
    Column("signal", SmallInteger, nullable=False),
    Column("surprise", Float, nullable=False),
    Column("size", Integer, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("negatives", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("expected", Float, nullable=False),
    Column("plan", JSONB, nullable=False, comment="[[role, text, due_at, done_at, done_by]]"),
    Column("acknowledge_by", _Instant, comment="null: nobody is waited for"),
    Column("escalations", Integer, nullable=False),
    Column("acknowledged_at", _Instant),
    Column("acknowledged_by", Text, nullable=False),
    Column("closed_at", _Instant),
    Column("closed_by", Text, nullable=False),
    Column("cause", Text, comment="null: not reviewed"),
    Column("measures", Text),
    Column("version", Integer, nullable=False),
    CheckConstraint("status between 1 and 3", name="opinion_incidents_status"),
    CheckConstraint("(status = 3) = (closed_at is not null)", name="opinion_incidents_closed"),
    CheckConstraint("(cause is null) = (measures is null)", name="opinion_incidents_review"),
    Index("opinion_incidents_by_time", "tenant_id", "opened_at", "id"),
)
Index(
    "opinion_incidents_open",
    opinion_incidents.c.tenant_id,
    opinion_incidents.c.scope_id,
    unique=True,
    postgresql_where=opinion_incidents.c.status < 3,
)

opinion_incident_steps = Table(
    "opinion_incident_steps",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("at", _Instant, nullable=False),
    Column("by", Text, nullable=False, comment="empty: the system"),
    Column("severity", SmallInteger, nullable=False),
    Column("text", Text, nullable=False),
    ForeignKeyConstraint(
        ["tenant_id", "incident_id"], ["opinion_incidents.tenant_id", "opinion_incidents.id"]
    ),
)

opinion_samples = Table(
    "opinion_samples",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("activity_id", Uuid, primary_key=True),
    Column("member_id", Uuid, nullable=False),
    Column("masked_text", Text, nullable=False),
    Column("negative", Float, nullable=False),
    ForeignKeyConstraint(
        ["tenant_id", "incident_id"], ["opinion_incidents.tenant_id", "opinion_incidents.id"]
    ),
    Index("opinion_samples_by_member", "tenant_id", "member_id"),
)

opinion_policies = policy_table(
    "opinion_policies",
    Column("negative_from_percent", Integer, nullable=False),
    Column("short_window_minutes", Integer, nullable=False),
    Column("long_window_minutes", Integer, nullable=False),
    Column("minimum_messages", Integer, nullable=False),
    Column("minimum_complaints", Integer, nullable=False),
    Column("minimum_lift_percent", Integer, nullable=False),
    Column("learning_hours", Integer, nullable=False),
    Column("moderate_surprise", Integer, nullable=False),
    Column("serious_surprise", Integer, nullable=False),
    Column("critical_surprise", Integer, nullable=False),
    Column("serious_messages", Integer, nullable=False),
    Column("critical_messages", Integer, nullable=False),
    Column("acknowledge_minutes", Integer, nullable=False),
    Column("calm_minutes", Integer, nullable=False),
    Column("keep_counts_days", Integer, nullable=False),
    Column(
        "plan", JSONB, nullable=False, comment="[[severity, role, text, minutes]]; empty: the shipped one"
    ),
)
