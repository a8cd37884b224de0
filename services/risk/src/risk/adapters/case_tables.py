"""Tables of cases, labels and evaluation sets, as the migrations leave them."""

from sqlalchemy import (
    Boolean,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from risk.adapters.tables import metadata, policy_table

_Instant = DateTime(timezone=True)

cases = Table(
    "cases",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("group_id", Uuid),
    Column("member_id", Uuid),
    Column("category", SmallInteger),
    Column("risk", SmallInteger, nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("due_at", _Instant, nullable=False),
    Column("queued_as_of", _Instant, nullable=False, comment="opened_at, earlier for the riskier"),
    Column("masked_text", Text, nullable=False),
    Column("verdict", SmallInteger, nullable=False),
    Column("predicted", SmallInteger),
    Column("findings", JSONB, nullable=False, comment="[[category, verdict, detector, rule, start, end]]"),
    Column("lexicon_version", Integer, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("lease_until", _Instant),
    Column("outcome", SmallInteger),
    Column("closed_at", _Instant),
    Column("reopened_at", _Instant),
    Column("weight", Float, nullable=False, comment="how many messages a drawn one stands for"),
    Column("barred", Text, nullable=False, comment="who may not judge it"),
    Column("strikes", Integer, nullable=False, comment="of the person, which the risk counts"),
    CheckConstraint("status between 1 and 4", name="cases_status"),
    CheckConstraint("(status = 2) = (lease_until is not null)", name="cases_lease"),
    CheckConstraint("(status = 3) = (outcome is not null)", name="cases_outcome"),
    Index("cases_subject", "tenant_id", "kind", "subject_id", unique=True),
    Index("cases_by_member", "tenant_id", "member_id"),
    Index("cases_by_group", "tenant_id", "group_id", "queued_as_of", "id"),
    Index("cases_by_opening", "tenant_id", "opened_at", "id"),
    Index("cases_all", "tenant_id", "queued_as_of", "id"),
)
Index(
    "cases_waiting",
    cases.c.tenant_id,
    cases.c.queued_as_of,
    cases.c.id,
    postgresql_where=cases.c.status.in_((1, 4)),
)
Index(
    "cases_drawn",
    cases.c.tenant_id,
    cases.c.opened_at,
    postgresql_where=(cases.c.status != 3) & cases.c.kind.in_((1, 3, 5)),
)

case_steps = Table(
    "case_steps",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("at", _Instant, nullable=False),
    Column("by", Text, nullable=False, comment="empty: the system"),
    Column("was", SmallInteger),
    Column("became", SmallInteger, nullable=False),
    Column("text", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.id"], ondelete="CASCADE"),
)

case_policies = policy_table(
    "case_policies",
    Column("lease_minutes", Integer, nullable=False),
    Column("due_hours", Integer, nullable=False),
    Column("minutes_per_risk_point", Integer, nullable=False),
    Column("second_look_percent", Integer, nullable=False),
    Column("sample_allowed_per_mille", Integer, nullable=False),
    Column("sample_blocked_per_mille", Integer, nullable=False),
    Column("minimum_sample", Integer, nullable=False),
    Column("category_risks", JSONB, nullable=False, comment="{category: points}"),
)

labels = Table(
    "labels",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("case_id", Uuid, primary_key=True, comment="may be gone: a label outlives it"),
    Column("source", SmallInteger, primary_key=True),
    Column("text", Text, nullable=False, comment="empty: a suspicion, about a name"),
    Column("category", SmallInteger, comment="null: harmless"),
    Column("reviewer", Text, nullable=False),
    Column("decided_at", _Instant, nullable=False),
    Column("screened_at", _Instant, nullable=False),
    Column("verdict", SmallInteger, nullable=False),
    Column("predicted", SmallInteger),
    Column("words", ARRAY(Text), nullable=False),
    Column("lexicon_version", Integer, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("drawn", Boolean, nullable=False),
    Column("weight", Float, nullable=False),
    CheckConstraint("source between 1 and 4", name="labels_source"),
    Index("labels_by_decision", "tenant_id", "decided_at", "case_id"),
    Index("labels_by_message", "tenant_id", "screened_at"),
)

evaluation_sets = Table(
    "evaluation_sets",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("from_at", _Instant, nullable=False),
    Column("until_at", _Instant, nullable=False),
    Column("frozen_at", _Instant, nullable=False),
    Column("frozen_by", Text, nullable=False),
    Column("labels", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Index("evaluation_sets_name", "tenant_id", "name", unique=True),
    Index("evaluation_sets_by_time", "tenant_id", "frozen_at", "id"),
)

evaluation_items = Table(
    "evaluation_items",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("set_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("category", SmallInteger, comment="null: harmless"),
    Column("source", SmallInteger, nullable=False),
    ForeignKeyConstraint(["tenant_id", "set_id"], ["evaluation_sets.tenant_id", "evaluation_sets.id"]),
)

evaluation_results = Table(
    "evaluation_results",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("set_id", Uuid, primary_key=True),
    Column("lexicon_version", Integer, primary_key=True),
    Column("policy_version", Integer, primary_key=True),
    Column("model_version", Text, primary_key=True),
    Column("evaluated_at", _Instant, nullable=False),
    Column("true_positives", Integer, nullable=False),
    Column("false_positives", Integer, nullable=False),
    Column("false_negatives", Integer, nullable=False),
    Column("true_negatives", Integer, nullable=False),
    ForeignKeyConstraint(["tenant_id", "set_id"], ["evaluation_sets.tenant_id", "evaluation_sets.id"]),
)
