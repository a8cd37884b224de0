"""Tables of the rota, as the migrations leave them."""

from sqlalchemy import (
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
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint

from risk.adapters.tables import metadata, policy_table

_Instant = DateTime(timezone=True)

moderators = Table(
    "moderators",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("staff_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("group_ids", ARRAY(Uuid), nullable=False),
)

group_sizes = Table(
    "group_sizes",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("group_id", Uuid, primary_key=True),
    Column(
        "size",
        Integer,
        nullable=False,
        comment="joined less left, in whatever order they came: below 0 stands for none",
    ),
)

shift_templates = Table(
    "shift_templates",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("weekday", SmallInteger, nullable=False),
    Column("start_minute", SmallInteger, nullable=False),
    Column("minutes", SmallInteger, nullable=False),
    Column("from_day", Date, nullable=False),
    Column("until_day", Date),
)

shifts = Table(
    "shifts",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("starts_at", _Instant, nullable=False),
    Column("ends_at", _Instant, nullable=False),
    Column("template_id", Uuid),
    Column("day", Date),
    Column("cancelled", Boolean, nullable=False),
    ForeignKeyConstraint(["tenant_id", "template_id"], ["shift_templates.tenant_id", "shift_templates.id"]),
    CheckConstraint("starts_at < ends_at", name="shifts_times"),
    ExcludeConstraint(
        ("tenant_id", "="),
        ("staff_id", "="),
        (text("tstzrange(starts_at, ends_at)"), "&&"),
        name="shifts_on_duty_once",
        using="gist",
        where="not cancelled",
    ),
    Index("shifts_of_template", "tenant_id", "template_id", "day", unique=True),
    Index("shifts_by_group", "tenant_id", "group_id", "ends_at"),
    Index("shifts_by_time", "tenant_id", "starts_at", "id"),
)

shift_swaps = Table(
    "shift_swaps",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("shift_id", Uuid, nullable=False),
    Column("offered_by", Text, nullable=False),
    Column("offered_to", Text, nullable=False),
    Column("offered_at", _Instant, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("answered_at", _Instant),
    ForeignKeyConstraint(["tenant_id", "shift_id"], ["shifts.tenant_id", "shifts.id"]),
    CheckConstraint("status between 1 and 3", name="shift_swaps_status"),
    Index("shift_swaps_by_time", "tenant_id", "offered_at", "id"),
)
Index(
    "shift_swaps_waiting",
    shift_swaps.c.tenant_id,
    shift_swaps.c.shift_id,
    unique=True,
    postgresql_where=shift_swaps.c.status == 1,
)

rota_gaps = Table(
    "rota_gaps",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("starts_at", _Instant, nullable=False),
    Column("ends_at", _Instant, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("foreseen_at", _Instant, nullable=False),
    Column("closed_at", _Instant),
    Index("rota_gaps_by_time", "tenant_id", "starts_at", "id"),
)
Index(
    "rota_gaps_open",
    rota_gaps.c.tenant_id,
    rota_gaps.c.group_id,
    postgresql_where=rota_gaps.c.closed_at.is_(None),
)

rota_policies = policy_table(
    "rota_policies",
    Column("large_group_size", Integer, nullable=False),
    Column("large_group_moderators", Integer, nullable=False),
    Column("members_per_moderator", Integer, nullable=False),
    Column("cover_from_minute", Integer, nullable=False),
    Column("cover_until_minute", Integer, nullable=False),
    Column("gap_ahead_hours", Integer, nullable=False),
    Column("plan_ahead_days", Integer, nullable=False),
)
