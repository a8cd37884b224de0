"""Cases with their history, the labels they leave, and evaluation sets frozen from those."""

from alembic import op

from chassis.migrations import isolate

revision = "0005"
down_revision = "0002"

TABLES = """
create table cases (
    tenant_id uuid not null,
    id uuid not null,
    kind smallint not null,
    subject_id uuid not null,
    group_id uuid,
    member_id uuid,
    category smallint,
    risk smallint not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    queued_as_of timestamptz not null,
    masked_text text not null,
    verdict smallint not null,
    predicted smallint,
    findings jsonb not null,
    lexicon_version integer not null,
    policy_version integer not null,
    model_version text not null,
    status smallint not null,
    version integer not null,
    reviewer text not null,
    lease_until timestamptz,
    outcome smallint,
    closed_at timestamptz,
    reopened_at timestamptz,
    weight double precision not null,
    barred text not null,
    primary key (tenant_id, id),
    constraint cases_status check (status between 1 and 4),
    constraint cases_lease check ((status = 2) = (lease_until is not null)),
    constraint cases_outcome check ((status = 3) = (outcome is not null))
);
comment on column cases.queued_as_of is 'opened_at, earlier for the riskier';
comment on column cases.findings is '[[category, verdict, detector, rule, start, end]]';
comment on column cases.weight is 'how many messages a drawn one stands for';
comment on column cases.barred is 'who may not judge it';
create unique index cases_subject on cases (tenant_id, kind, subject_id);
create index cases_by_member on cases (tenant_id, member_id);
create index cases_by_group on cases (tenant_id, group_id, queued_as_of, id);
create index cases_all on cases (tenant_id, queued_as_of, id);
create index cases_waiting on cases (tenant_id, queued_as_of, id) where status in (1, 4);
create index cases_drawn on cases (tenant_id, opened_at) where status <> 3 and kind in (1, 3);

create table case_steps (
    tenant_id uuid not null,
    case_id uuid not null,
    number integer not null,
    kind smallint not null,
    at timestamptz not null,
    by text not null,
    was smallint,
    became smallint not null,
    text text not null,
    primary key (tenant_id, case_id, number),
    foreign key (tenant_id, case_id) references cases (tenant_id, id) on delete cascade
);
comment on column case_steps.by is 'empty: the system';

create table case_policies (
    tenant_id uuid not null,
    version integer not null,
    created_at timestamptz not null,
    lease_minutes integer not null,
    due_hours integer not null,
    minutes_per_risk_point integer not null,
    second_look_percent integer not null,
    sample_allowed_per_mille integer not null,
    sample_blocked_per_mille integer not null,
    minimum_sample integer not null,
    primary key (tenant_id, version)
);

create table labels (
    tenant_id uuid not null,
    case_id uuid not null,
    source smallint not null,
    text text not null,
    category smallint,
    reviewer text not null,
    decided_at timestamptz not null,
    screened_at timestamptz not null,
    verdict smallint not null,
    predicted smallint,
    words text[] not null,
    lexicon_version integer not null,
    policy_version integer not null,
    model_version text not null,
    drawn boolean not null,
    weight double precision not null,
    primary key (tenant_id, case_id, source),
    constraint labels_source check (source between 1 and 3)
);
comment on column labels.case_id is 'may be gone: a label outlives it';
comment on column labels.category is 'null: harmless';
create index labels_by_decision on labels (tenant_id, decided_at, case_id);
create index labels_by_message on labels (tenant_id, screened_at);

create table evaluation_sets (
    tenant_id uuid not null,
    id uuid not null,
    name text not null,
    from_at timestamptz not null,
    until_at timestamptz not null,
    frozen_at timestamptz not null,
    frozen_by text not null,
    labels integer not null,
    sha256 text not null,
    primary key (tenant_id, id)
);
create unique index evaluation_sets_name on evaluation_sets (tenant_id, name);
create index evaluation_sets_by_time on evaluation_sets (tenant_id, frozen_at, id);

create table evaluation_items (
    tenant_id uuid not null,
    set_id uuid not null,
    number integer not null,
    text text not null,
    category smallint,
    source smallint not null,
    primary key (tenant_id, set_id, number),
    foreign key (tenant_id, set_id) references evaluation_sets (tenant_id, id)
);
comment on column evaluation_items.category is 'null: harmless';

create table evaluation_results (
    tenant_id uuid not null,
    set_id uuid not null,
    lexicon_version integer not null,
    policy_version integer not null,
    model_version text not null,
    evaluated_at timestamptz not null,
    true_positives integer not null,
    false_positives integer not null,
    false_negatives integer not null,
    true_negatives integer not null,
    primary key (tenant_id, set_id, lexicon_version, policy_version, model_version),
    foreign key (tenant_id, set_id) references evaluation_sets (tenant_id, id)
)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    isolate(
        "cases",
        "case_steps",
        "case_policies",
        "labels",
        "evaluation_sets",
        "evaluation_items",
        "evaluation_results",
    )
    # What is frozen is read and added to, never changed.
    op.execute("revoke update, delete on evaluation_sets, evaluation_items from risk_app")
