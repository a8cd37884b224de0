"""The staff register, payment reminders and the blocklist; audits, and who read how much."""

from alembic import op

from chassis.migrations import isolate

revision = "0009"
down_revision = "0008"

TABLES = """
create table staff (
    tenant_id uuid not null,
    id uuid not null,
    userid text not null,
    names text[] not null,
    role smallint not null,
    speaks_for_brand boolean not null,
    registered_at timestamptz not null,
    left_at timestamptz,
    check_status smallint,
    checked_at timestamptz,
    checked_by text,
    check_expires_at timestamptz,
    primary key (tenant_id, id),
    constraint staff_check_status check (check_status between 1 and 4),
    constraint staff_check check ((check_status is null) = (checked_at is null))
);
comment on column staff.id is 'derived from userid';
comment on column staff.check_status is 'null: never asked for';
create index staff_by_registration on staff (tenant_id, registered_at, id);

create table payment_reminders (
    tenant_id uuid not null,
    group_id uuid not null,
    id uuid not null,
    due_at timestamptz not null,
    text text not null,
    delivered_at timestamptz,
    primary key (tenant_id, group_id)
);
comment on column payment_reminders.group_id is 'the last one of each group';
create unique index payment_reminders_by_id on payment_reminders (tenant_id, id);
create index payment_reminders_by_time on payment_reminders (tenant_id, due_at, id);

create table blocked_members (
    tenant_id uuid not null,
    member_id uuid not null,
    reason text not null,
    blocked_at timestamptz not null,
    blocked_by text not null,
    until timestamptz,
    primary key (tenant_id, member_id)
);
comment on column blocked_members.until is 'null: for good';
create index blocked_members_by_time on blocked_members (tenant_id, blocked_at, member_id);

create table fraud_policies (
    tenant_id uuid not null,
    version integer not null,
    created_at timestamptz not null,
    newcomer_hours integer not null,
    reminder_cooldown_hours integer not null,
    identity_valid_days integer not null,
    primary key (tenant_id, version)
);

create table data_reads (
    tenant_id uuid not null,
    subject text not null,
    day date not null,
    rows bigint not null,
    primary key (tenant_id, subject, day)
);
comment on column data_reads.day is 'UTC';

create table audits (
    tenant_id uuid not null,
    id uuid not null,
    from_at timestamptz not null,
    completed_at timestamptz not null,
    requested_by text not null,
    policy_version integer not null,
    acknowledged_at timestamptz,
    acknowledged_by text not null,
    note text not null,
    primary key (tenant_id, id)
);
comment on column audits.requested_by is 'empty: the schedule';
create index audits_by_time on audits (tenant_id, completed_at, id);

create table audit_findings (
    tenant_id uuid not null,
    audit_id uuid not null,
    checked smallint not null,
    severity smallint not null,
    figures jsonb not null,
    about text[] not null,
    primary key (tenant_id, audit_id, checked),
    foreign key (tenant_id, audit_id) references audits (tenant_id, id),
    constraint audit_findings_severity check (severity between 1 and 3)
);

create table audit_policies (
    tenant_id uuid not null,
    version integer not null,
    created_at timestamptz not null,
    interval_days integer not null,
    lexicon_days integer not null,
    sample_texts integer not null,
    overdue_cases integer not null,
    read_factor integer not null,
    least_reads integer not null,
    primary key (tenant_id, version)
)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    isolate(
        "staff",
        "payment_reminders",
        "blocked_members",
        "fraud_policies",
        "data_reads",
        "audits",
        "audit_findings",
        "audit_policies",
    )
