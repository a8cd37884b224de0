"""What is said of the brand, counted; what is usual; incidents when it is not."""

from alembic import op

from chassis.migrations import isolate

revision = "0010"
down_revision = "0009"

TABLES = """
create table opinion_counts (
    tenant_id uuid not null,
    bucket_at timestamptz not null,
    scope_id uuid not null,
    messages integer not null,
    negatives integer not null,
    complaints integer not null,
    primary key (tenant_id, bucket_at, scope_id)
);
comment on column opinion_counts.scope_id is 'a group; all zeros: the tenant as a whole';
create index opinion_counts_by_scope on opinion_counts (tenant_id, scope_id, bucket_at);

create table opinion_baselines (
    tenant_id uuid not null,
    scope_id uuid not null,
    hour smallint not null,
    hours double precision not null,
    messages double precision not null,
    negatives double precision not null,
    complaints double precision not null,
    primary key (tenant_id, scope_id, hour),
    constraint opinion_baselines_hour check (hour between 0 and 167)
);
comment on column opinion_baselines.hour is 'of the week, from Monday midnight of the tenant';
comment on column opinion_baselines.hours is 'how many count, each week less than the next';
create index opinion_baselines_by_hour on opinion_baselines (tenant_id, hour);

create table opinion_watches (
    tenant_id uuid not null,
    since timestamptz not null,
    learnt_until timestamptz not null,
    judged_until timestamptz not null,
    primary key (tenant_id)
);

create table opinion_incidents (
    tenant_id uuid not null,
    id uuid not null,
    scope_id uuid not null,
    severity smallint not null,
    status smallint not null,
    opened_at timestamptz not null,
    unusual_at timestamptz not null,
    signal smallint not null,
    surprise double precision not null,
    size integer not null,
    messages integer not null,
    negatives integer not null,
    complaints integer not null,
    expected double precision not null,
    plan jsonb not null,
    acknowledge_by timestamptz,
    escalations integer not null,
    acknowledged_at timestamptz,
    acknowledged_by text not null,
    closed_at timestamptz,
    closed_by text not null,
    cause text,
    measures text,
    version integer not null,
    primary key (tenant_id, id),
    constraint opinion_incidents_status check (status between 1 and 3),
    constraint opinion_incidents_closed check ((status = 3) = (closed_at is not null)),
    constraint opinion_incidents_review check ((cause is null) = (measures is null))
);
comment on column opinion_incidents.unusual_at is 'last';
comment on column opinion_incidents.plan is '[[role, text, due_at, done_at, done_by]]';
comment on column opinion_incidents.acknowledge_by is 'null: nobody is waited for';
comment on column opinion_incidents.cause is 'null: not reviewed';
create index opinion_incidents_by_time on opinion_incidents (tenant_id, opened_at, id);
create unique index opinion_incidents_open on opinion_incidents (tenant_id, scope_id) where status < 3;

create table opinion_incident_steps (
    tenant_id uuid not null,
    incident_id uuid not null,
    number integer not null,
    kind smallint not null,
    at timestamptz not null,
    by text not null,
    severity smallint not null,
    text text not null,
    primary key (tenant_id, incident_id, number),
    foreign key (tenant_id, incident_id) references opinion_incidents (tenant_id, id)
);
comment on column opinion_incident_steps.by is 'empty: the system';

create table opinion_samples (
    tenant_id uuid not null,
    incident_id uuid not null,
    activity_id uuid not null,
    member_id uuid not null,
    masked_text text not null,
    negative double precision not null,
    primary key (tenant_id, incident_id, activity_id),
    foreign key (tenant_id, incident_id) references opinion_incidents (tenant_id, id)
);
create index opinion_samples_by_member on opinion_samples (tenant_id, member_id);

create table opinion_policies (
    tenant_id uuid not null,
    version integer not null,
    created_at timestamptz not null,
    negative_from_percent integer not null,
    short_window_minutes integer not null,
    long_window_minutes integer not null,
    minimum_messages integer not null,
    minimum_complaints integer not null,
    minimum_lift_percent integer not null,
    learning_hours integer not null,
    moderate_surprise integer not null,
    serious_surprise integer not null,
    critical_surprise integer not null,
    serious_messages integer not null,
    critical_messages integer not null,
    acknowledge_minutes integer not null,
    calm_minutes integer not null,
    keep_counts_days integer not null,
    plan jsonb not null,
    primary key (tenant_id, version)
);
comment on column opinion_policies.plan is '[[severity, role, text, minutes]]; empty: the shipped one'
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    isolate(
        "opinion_counts",
        "opinion_baselines",
        "opinion_watches",
        "opinion_incidents",
        "opinion_incident_steps",
        "opinion_samples",
        "opinion_policies",
    )
