"""The moderators' rota, and monthly compliance training."""

from alembic import op

from chassis.migrations import isolate

revision = "0008"
down_revision = "0007"

TABLES = """
create table moderators (
    tenant_id uuid not null,
    staff_id text not null,
    name text not null,
    group_ids uuid[] not null,
    primary key (tenant_id, staff_id)
);

create table group_sizes (
    tenant_id uuid not null,
    group_id uuid not null,
    size integer not null,
    primary key (tenant_id, group_id)
);
comment on column group_sizes.size is
    'joined less left, in whatever order they came: below 0 stands for none';

create table shift_templates (
    tenant_id uuid not null,
    id uuid not null,
    group_id uuid not null,
    staff_id text not null,
    weekday smallint not null,
    start_minute smallint not null,
    minutes smallint not null,
    from_day date not null,
    until_day date,
    primary key (tenant_id, id)
);

create table shifts (
    tenant_id uuid not null,
    id uuid not null,
    group_id uuid not null,
    staff_id text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    template_id uuid,
    day date,
    cancelled boolean not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, template_id) references shift_templates (tenant_id, id),
    constraint shifts_times check (starts_at < ends_at),
    constraint shifts_on_duty_once
        exclude using gist (tenant_id with =, staff_id with =, tstzrange(starts_at, ends_at) with &&)
        where (not cancelled)
);
create unique index shifts_of_template on shifts (tenant_id, template_id, day);
create index shifts_by_group on shifts (tenant_id, group_id, ends_at);
create index shifts_by_time on shifts (tenant_id, starts_at, id);

create table shift_swaps (
    tenant_id uuid not null,
    id uuid not null,
    shift_id uuid not null,
    offered_by text not null,
    offered_to text not null,
    offered_at timestamptz not null,
    status smallint not null,
    answered_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, shift_id) references shifts (tenant_id, id),
    constraint shift_swaps_status check (status between 1 and 3)
);
create unique index shift_swaps_waiting on shift_swaps (tenant_id, shift_id) where status = 1;
create index shift_swaps_by_time on shift_swaps (tenant_id, offered_at, id);

create table rota_gaps (
    tenant_id uuid not null,
    id uuid not null,
    group_id uuid not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    missing integer not null,
    foreseen_at timestamptz not null,
    closed_at timestamptz,
    primary key (tenant_id, id)
);
create index rota_gaps_open on rota_gaps (tenant_id, group_id) where closed_at is null;
create index rota_gaps_by_time on rota_gaps (tenant_id, starts_at, id);

create table rota_policies (
    tenant_id uuid not null,
    version integer not null,
    created_at timestamptz not null,
    large_group_size integer not null,
    large_group_moderators integer not null,
    members_per_moderator integer not null,
    cover_from_minute integer not null,
    cover_until_minute integer not null,
    gap_ahead_hours integer not null,
    plan_ahead_days integer not null,
    primary key (tenant_id, version)
);

create table training_sessions (
    tenant_id uuid not null,
    id uuid not null,
    month date not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    pass_percent integer not null,
    primary key (tenant_id, id)
);
create unique index training_sessions_month on training_sessions (tenant_id, month);

create table training_questions (
    tenant_id uuid not null,
    session_id uuid not null,
    number smallint not null,
    masked_text text not null,
    options smallint[] not null,
    answer smallint not null,
    primary key (tenant_id, session_id, number),
    foreign key (tenant_id, session_id) references training_sessions (tenant_id, id)
);
comment on column training_questions.options is '0: harmless';

create table training_attendances (
    tenant_id uuid not null,
    session_id uuid not null,
    staff_id text not null,
    name text not null,
    attended_at timestamptz,
    score_percent integer not null,
    tries integer not null,
    passed boolean not null,
    completed_at timestamptz,
    overdue_at timestamptz,
    primary key (tenant_id, session_id, staff_id),
    foreign key (tenant_id, session_id) references training_sessions (tenant_id, id)
);
create index training_attendances_overdue on training_attendances (tenant_id, session_id, staff_id)
    where overdue_at is not null and completed_at is null;

create table training_policies (
    tenant_id uuid not null,
    version integer not null,
    created_at timestamptz not null,
    questions integer not null,
    pass_percent integer not null,
    due_days integer not null,
    remind_days_before integer not null,
    cases_of_days integer not null,
    primary key (tenant_id, version)
)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    isolate(
        "moderators",
        "group_sizes",
        "shift_templates",
        "shifts",
        "shift_swaps",
        "rota_gaps",
        "rota_policies",
        "training_sessions",
        "training_questions",
        "training_attendances",
        "training_policies",
    )
    # The questions of a session are frozen.
    op.execute("revoke update, delete on training_questions from risk_app")
