"""Screening: decisions, violations with their tasks, the tenant's words and policies."""

from alembic import op

from chassis.migrations import create_chassis_tables, isolate

revision = "0001"
down_revision = None

TABLES = """
create table decisions (
    tenant_id uuid not null,
    activity_id uuid not null,
    member_id uuid not null,
    group_id uuid,
    occurred_at timestamptz not null,
    decided_at timestamptz not null,
    verdict smallint not null,
    flooding boolean not null,
    lexicon_version integer not null,
    policy_version integer not null,
    masked_text text,
    normal_form text,
    findings jsonb,
    primary key (tenant_id, activity_id),
    constraint decisions_verdict check (verdict between 1 and 3)
);
comment on column decisions.group_id is 'null: sent to the brand alone';
comment on column decisions.masked_text is 'null: nothing was found, so nothing is kept';
comment on column decisions.findings is '[[category, verdict, detector, rule, start, end]]';
create index decisions_by_place on decisions (tenant_id, member_id, group_id, occurred_at);
create index decisions_by_time on decisions (tenant_id, decided_at, activity_id);
create index decisions_flagged on decisions (tenant_id, decided_at, activity_id) where verdict > 1;

create table violations (
    tenant_id uuid not null,
    id uuid not null,
    group_id uuid not null,
    member_id uuid not null,
    activity_id uuid not null,
    category smallint not null,
    verdict smallint not null,
    status smallint not null,
    strike integer not null,
    action smallint not null,
    opened_at timestamptz not null,
    handled_at timestamptz,
    masked_text text not null,
    appeal_reason text not null,
    primary key (tenant_id, id),
    constraint violations_status check (status between 1 and 4),
    constraint violations_strike check (strike > 0)
);
create unique index violations_activity on violations (tenant_id, activity_id);
create index violations_by_member on violations (tenant_id, member_id, opened_at);
create index violations_by_time on violations (tenant_id, opened_at, id);
create index violations_by_group on violations (tenant_id, group_id, opened_at, id);

create table moderator_tasks (
    tenant_id uuid not null,
    id uuid not null,
    violation_id uuid not null,
    group_id uuid not null,
    member_id uuid not null,
    action smallint not null,
    status smallint not null,
    instruction text not null,
    due_at timestamptz not null,
    confirmed_at timestamptz,
    confirmed_by text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, violation_id) references violations (tenant_id, id),
    constraint moderator_tasks_status check (status between 1 and 4)
);
create unique index moderator_tasks_violation on moderator_tasks (tenant_id, violation_id);
create index moderator_tasks_by_deadline on moderator_tasks (tenant_id, due_at, id);

create table lexicon_words (
    tenant_id uuid not null,
    form text not null,
    word text not null,
    verdict smallint not null,
    category smallint,
    primary key (tenant_id, form),
    constraint lexicon_words_category check ((verdict = 1) = (category is null))
);
comment on column lexicon_words.form is 'the compact form that is matched';
comment on column lexicon_words.category is 'null: an allowed word';

create table lexicon_versions (
    tenant_id uuid not null primary key,
    version integer not null
);

create table risk_policies (
    tenant_id uuid not null,
    version integer not null,
    created_at timestamptz not null,
    strike_window_days integer not null,
    ladder smallint[] not null,
    mute_hours integer not null,
    task_deadline_minutes integer not null,
    flood_messages integer not null,
    flood_window_seconds integer not null,
    act_on_messages_within_hours integer not null,
    primary key (tenant_id, version)
)
"""


def upgrade() -> None:
    create_chassis_tables()
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    isolate(
        "decisions",
        "violations",
        "moderator_tasks",
        "lexicon_words",
        "lexicon_versions",
        "risk_policies",
    )
