"""Tables of fraud and audits, as the migrations leave them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from risk.adapters.tables import metadata, policy_table

_Instant = DateTime(timezone=True)

staff = Table(
    "staff",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True, comment="derived from userid"),
    Column("userid", Text, nullable=False),
    Column("names", ARRAY(Text), nullable=False),
    Column("role", SmallInteger, nullable=False),
    Column("speaks_for_brand", Boolean, nullable=False),
    Column("registered_at", _Instant, nullable=False),
    Column("left_at", _Instant),
    Column("check_status", SmallInteger, comment="null: never asked for"),
    Column("checked_at", _Instant),
    Column("checked_by", Text),
    Column("check_expires_at", _Instant),
    CheckConstraint("check_status between 1 and 4", name="staff_check_status"),
    CheckConstraint("(check_status is null) = (checked_at is null)", name="staff_check"),
    Index("staff_by_registration", "tenant_id", "registered_at", "id"),
)

payment_reminders = Table(
    "payment_reminders",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("group_id", Uuid, primary_key=True, comment="the last one of each group"),
    Column("id", Uuid, nullable=False),
    Column("due_at", _Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("delivered_at", _Instant),
    Index("payment_reminders_by_id", "tenant_id", "id", unique=True),
    Index("payment_reminders_by_time", "tenant_id", "due_at", "id"),
)

blocked_members = Table(
    "blocked_members",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("blocked_at", _Instant, nullable=False),
    Column("blocked_by", Text, nullable=False),
    Column("until", _Instant, comment="null: for good"),
    Index("blocked_members_by_time", "tenant_id", "blocked_at", "member_id"),
)

fraud_policies = policy_table(
    "fraud_policies",
    Column("newcomer_hours", Integer, nullable=False),
    Column("reminder_cooldown_hours", Integer, nullable=False),
    Column("identity_valid_days", Integer, nullable=False),
)

data_reads = Table(
    "data_reads",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("day", Date, primary_key=True, comment="UTC"),
    Column("rows", BigInteger, nullable=False),
)

audits = Table(
    "audits",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("from_at", _Instant, nullable=False),
    Column("completed_at", _Instant, nullable=False),
    Column("requested_by", Text, nullable=False, comment="empty: the schedule"),
    Column("policy_version", Integer, nullable=False),
    Column("acknowledged_at", _Instant),
    Column("acknowledged_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index("audits_by_time", "tenant_id", "completed_at", "id"),
)

audit_findings = Table(
    "audit_findings",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("audit_id", Uuid, primary_key=True),
    Column("checked", SmallInteger, primary_key=True),
    Column("severity", SmallInteger, nullable=False),
    Column("figures", JSONB, nullable=False),
    Column("about", ARRAY(Text), nullable=False),
    ForeignKeyConstraint(["tenant_id", "audit_id"], ["audits.tenant_id", "audits.id"]),
    CheckConstraint("severity between 1 and 3", name="audit_findings_severity"),
)

audit_policies = policy_table(
    "audit_policies",
    Column("interval_days", Integer, nullable=False),
    Column("lexicon_days", Integer, nullable=False),
    Column("sample_texts", Integer, nullable=False),
    Column("overdue_cases", Integer, nullable=False),
    Column("read_factor", Integer, nullable=False),
    Column("least_reads", Integer, nullable=False),
)
