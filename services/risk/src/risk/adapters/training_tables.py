"""Tables of compliance training, as the migrations leave them."""

from sqlalchemy import (
    Boolean,
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
from sqlalchemy.dialects.postgresql import ARRAY

from risk.adapters.tables import metadata, policy_table

_Instant = DateTime(timezone=True)


def _of_session() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "session_id"], ["training_sessions.tenant_id", "training_sessions.id"]
    )


training_sessions = Table(
    "training_sessions",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("month", Date, nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("due_at", _Instant, nullable=False),
    Column("pass_percent", Integer, nullable=False),
    Index("training_sessions_month", "tenant_id", "month", unique=True),
)

training_questions = Table(
    "training_questions",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("session_id", Uuid, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("masked_text", Text, nullable=False),
    Column("options", ARRAY(SmallInteger), nullable=False, comment="0: harmless"),
    Column("answer", SmallInteger, nullable=False),
    _of_session(),
)

training_attendances = Table(
    "training_attendances",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("session_id", Uuid, primary_key=True),
    Column("staff_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("attended_at", _Instant),
    Column("score_percent", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("completed_at", _Instant),
    Column("overdue_at", _Instant),
    _of_session(),
)
Index(
    "training_attendances_overdue",
    training_attendances.c.tenant_id,
    training_attendances.c.session_id,
    training_attendances.c.staff_id,
    postgresql_where=training_attendances.c.overdue_at.is_not(None)
    & training_attendances.c.completed_at.is_(None),
)

training_policies = policy_table(
    "training_policies",
    Column("questions", Integer, nullable=False),
    Column("pass_percent", Integer, nullable=False),
    Column("due_days", Integer, nullable=False),
    Column("remind_days_before", Integer, nullable=False),
    Column("cases_of_days", Integer, nullable=False),
)
