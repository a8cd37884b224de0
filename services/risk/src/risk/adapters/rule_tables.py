"""Tables of rules and points, as the migrations leave them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from risk.adapters.tables import metadata

_Instant = DateTime(timezone=True)

rule_sets = Table(
    "rule_sets",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("rules", JSONB, nullable=False),
    Column("strikes_per_rule", Boolean, nullable=False),
    Column("reminder_minutes", Integer, nullable=False),
    Column("changed_at", _Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
)

group_rules = Table(
    "group_rules",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("group_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("rules", JSONB, nullable=False),
    Column("changed_at", _Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
)

point_entries = Table(
    "point_entries",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("activity_id", Uuid, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("reason", SmallInteger, primary_key=True),
    Column("member_id", Uuid, nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("points", Integer, nullable=False, comment="negative: taken"),
    Column("day", Date, nullable=False, comment="local day of the act"),
    Column("booked_at", _Instant, nullable=False),
    CheckConstraint("reason between 1 and 3", name="point_entries_reason"),
    Index("point_entries_by_day", "tenant_id", "member_id", "day"),
    Index("point_entries_by_member", "tenant_id", "member_id", "booked_at", "activity_id", "rule", "reason"),
)
