"""The tables as the migrations leave them. Enumerations are the numbers of the contract."""

from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chassis.tables import chassis_tables, erased_subjects, merged_subjects

metadata = MetaData()
chassis_tables(metadata)
erased_subjects.to_metadata(metadata)
merged_subjects.to_metadata(metadata)
_Instant = DateTime(timezone=True)


def policy_table(name: str, *columns: Column[Any]) -> Table:
    """Versions of a policy; the columns are its fields."""
    return Table(
        name,
        metadata,
        Column("tenant_id", Uuid, primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("created_at", _Instant, nullable=False),
        *columns,
    )


decisions = Table(
    "decisions",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("activity_id", Uuid, primary_key=True),
    Column("member_id", Uuid, nullable=False),
    Column("group_id", Uuid, comment="null: sent to the brand alone"),
    Column("occurred_at", _Instant, nullable=False),
    Column("decided_at", _Instant, nullable=False),
    Column("verdict", SmallInteger, nullable=False),
    Column("flooding", Boolean, nullable=False),
    Column("lexicon_version", Integer, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("masked_text", Text, comment="null: nothing was found, so nothing is kept"),
    Column("normal_form", Text),
    Column("findings", JSONB, comment="[[category, verdict, detector, rule, start, end, overruled]]"),
    Column("fingerprint", BigInteger, comment="of the normal form; null: too short to be a copy"),
    Column("model_version", Text, nullable=False, comment="empty: no classifier was in force"),
    Column("probability", REAL, comment="of being risky, by the model; null: it was not asked"),
    Column("flexible_rule", Text, comment="the rule whose quota it used; null: none"),
    Column(
        "slot",
        _Instant,
        Computed(
            "case when fingerprint is not null and group_id is not null"
            " then date_bin('10 seconds', occurred_at, timestamptz '2000-01-01 00:00:00+00') end",
            persisted=True,
        ),
        comment="the ten seconds in which a text that may be a copy was said in a group",
    ),
    CheckConstraint("verdict between 1 and 3", name="decisions_verdict"),
    Index("decisions_by_place", "tenant_id", "member_id", "group_id", "occurred_at"),
    Index("decisions_by_time", "tenant_id", "decided_at", "activity_id"),
)
Index(
    "decisions_flagged",
    decisions.c.tenant_id,
    decisions.c.decided_at,
    decisions.c.activity_id,
    postgresql_where=decisions.c.verdict > 1,
)
Index(
    "decisions_by_text",
    decisions.c.tenant_id,
    decisions.c.fingerprint,
    decisions.c.occurred_at,
    postgresql_where=decisions.c.slot.is_not(None),
)
Index(
    "decisions_by_text_and_slot",
    decisions.c.tenant_id,
    decisions.c.fingerprint,
    decisions.c.slot,
    decisions.c.member_id,
    decisions.c.occurred_at,
    postgresql_where=decisions.c.slot.is_not(None),
)
Index(
    "decisions_by_text_and_place",
    decisions.c.tenant_id,
    decisions.c.fingerprint,
    decisions.c.member_id,
    decisions.c.group_id,
    decisions.c.occurred_at,
    postgresql_where=decisions.c.slot.is_not(None),
)
Index(
    "decisions_flooding",
    decisions.c.tenant_id,
    decisions.c.member_id,
    decisions.c.group_id,
    decisions.c.occurred_at,
    postgresql_where=decisions.c.flooding,
)
Index(
    "decisions_by_quota",
    decisions.c.tenant_id,
    decisions.c.member_id,
    decisions.c.group_id,
    decisions.c.flexible_rule,
    decisions.c.occurred_at,
    postgresql_where=decisions.c.flexible_rule.is_not(None),
)

message_texts = Table(
    "message_texts",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("decided_at", _Instant, primary_key=True),
    Column("activity_id", Uuid, primary_key=True),
    Column("member_id", Uuid, nullable=False),
    Column("group_id", Uuid),
    Column("masked_text", Text, nullable=False),
    Index("message_texts_by_member", "tenant_id", "member_id"),
)

violations = Table(
    "violations",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("group_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("activity_id", Uuid, nullable=False),
    Column("category", SmallInteger, nullable=False),
    Column("verdict", SmallInteger, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("strike", Integer, nullable=False),
    Column("action", SmallInteger, nullable=False),
    Column("opened_at", _Instant, nullable=False),
    Column("handled_at", _Instant),
    Column("masked_text", Text, nullable=False),
    Column("appeal_reason", Text, nullable=False),
    Column("rule", Text, nullable=False, comment="key of the rule that was broken"),
    CheckConstraint("status between 1 and 4", name="violations_status"),
    CheckConstraint("strike > 0", name="violations_strike"),
    Index("violations_activity", "tenant_id", "activity_id", unique=True),
    Index("violations_by_member", "tenant_id", "member_id", "opened_at"),
    Index("violations_by_time", "tenant_id", "opened_at", "id"),
    Index("violations_by_group", "tenant_id", "group_id", "opened_at", "id"),
)

moderator_tasks = Table(
    "moderator_tasks",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("violation_id", Uuid, nullable=False),
    Column("group_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("action", SmallInteger, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("instruction", Text, nullable=False),
    Column("due_at", _Instant, nullable=False),
    Column("confirmed_at", _Instant),
    Column("confirmed_by", Text, nullable=False),
    Column("mute_hours", Integer, nullable=False, comment="0: the action is no mute"),
    Column("muted_until", _Instant),
    Column("assignee", Text, nullable=False, comment="empty: anybody"),
    Column("reminded_at", _Instant),
    ForeignKeyConstraint(["tenant_id", "violation_id"], ["violations.tenant_id", "violations.id"]),
    CheckConstraint("status between 1 and 4", name="moderator_tasks_status"),
    Index("moderator_tasks_violation", "tenant_id", "violation_id", unique=True),
    Index("moderator_tasks_by_deadline", "tenant_id", "due_at", "id"),
)

lexicon_words = Table(
    "lexicon_words",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("form", Text, primary_key=True, comment="the compact form that is matched"),
    Column("word", Text, nullable=False),
    Column("verdict", SmallInteger, nullable=False),
    Column("category", SmallInteger, comment="null: an allowed word"),
    Column("match_homophones", Boolean, nullable=False),
    Column("match_splits", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint("(verdict = 1) = (category is null)", name="lexicon_words_category"),
)

lexicon_versions = Table(
    "lexicon_versions",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
)

lexicon_edits = Table(
    "lexicon_edits",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("edited_at", _Instant, nullable=False),
    Column("edited_by", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("restored_version", Integer),
)

lexicon_word_versions = Table(
    "lexicon_word_versions",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("word", Text, comment="null: removed by this version"),
    Column("verdict", SmallInteger, nullable=False),
    Column("category", SmallInteger),
    Column("match_homophones", Boolean, nullable=False),
    Column("match_splits", Boolean, nullable=False),
    Column("note", Text, nullable=False),
)

risk_policies = policy_table(
    "risk_policies",
    Column("strike_window_days", Integer, nullable=False),
    Column("ladder", ARRAY(SmallInteger), nullable=False),
    Column("mute_hours", Integer, nullable=False),
    Column("task_deadline_minutes", Integer, nullable=False),
    Column("flood_messages", Integer, nullable=False),
    Column("flood_window_seconds", Integer, nullable=False),
    Column("act_on_messages_within_hours", Integer, nullable=False),
    Column("keep_texts_days", Integer, nullable=False),
    Column("copy_groups", Integer, nullable=False),
    Column("copy_members", Integer, nullable=False),
    Column("copy_window_minutes", Integer, nullable=False),
    Column("classifier_innocent_per_mille", Integer, nullable=False),
    Column("classifier_review_per_mille", Integer, nullable=False),
    Column("classifier_block_per_mille", Integer, nullable=False),
    Column("classifier_least_accuracy_per_mille", Integer, nullable=False),
)
