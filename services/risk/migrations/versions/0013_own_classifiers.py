"""Models that learn from a tenant's own labels, and how accurate one must be to judge messages."""

from alembic import op

from chassis.migrations import isolate

revision = "0013"
down_revision = "0012"

TABLES = """
create table classifier_models (
    tenant_id uuid not null,
    id uuid not null,
    state smallint not null,
    requested_by text not null,
    requested_at timestamptz not null,
    set_id uuid,
    attempt integer not null,
    leased_until timestamptz not null,
    risky integer,
    innocent integer,
    version text,
    measured integer[],
    in_force_version text,
    in_force integer[],
    failure smallint,
    finished_at timestamptz,
    activated_at timestamptz,
    activated_by text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, set_id) references evaluation_sets (tenant_id, id),
    constraint classifier_models_state check (state between 1 and 5),
    constraint classifier_models_version check ((version is null) = (state in (1, 5))),
    constraint classifier_models_failure check ((failure is null) = (state <> 5))
);
comment on column classifier_models.set_id is 'measured by this frozen set; null: by a fifth of the texts';
comment on column classifier_models.risky is 'texts learnt from';
comment on column classifier_models.version is 'as decisions name it; null: not trained';
comment on column classifier_models.measured is 'true and false positives, false and true negatives';
comment on column classifier_models.in_force_version is 'of the model that was in force then';
comment on column classifier_models.in_force is 'the same of that model';
create index classifier_models_by_time on classifier_models (tenant_id, requested_at, id);
create unique index classifier_models_in_force on classifier_models (tenant_id) where state = 3;
create unique index classifier_models_under_way on classifier_models (tenant_id) where state = 1;

create table classifier_weights (
    tenant_id uuid not null,
    model_id uuid not null,
    weights bytea not null,
    primary key (tenant_id, model_id),
    foreign key (tenant_id, model_id) references classifier_models (tenant_id, id)
);

alter table risk_policies add column classifier_least_accuracy_per_mille integer not null default 920;
alter table risk_policies alter column classifier_least_accuracy_per_mille drop default
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    isolate("classifier_models", "classifier_weights")
