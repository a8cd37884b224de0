"""Predictions, the model behind them, lifetime values."""

from alembic import op

from chassis.migrations import isolate

revision = "0007"
down_revision = "0006"

TABLES = {
    "prediction_policies": """
        version integer not null,
        document jsonb not null,
        created_at timestamptz not null,
        primary key (tenant_id, version)
    """,
    "prediction_models": """
        fit_id uuid not null,
        status smallint not null,
        fitted_at timestamptz not null,
        document jsonb not null,
        primary key (tenant_id, fit_id)
    """,
    "predictions": """
        fit_id uuid not null,
        member_id uuid not null,
        expected_orders double precision not null,
        probability_alive double precision not null,
        order_value_minor bigint,
        expected_value_minor bigint,
        paid_orders integer not null,
        net_spend_minor bigint not null,
        at_risk boolean not null,
        primary key (tenant_id, fit_id, member_id)
    """,
    "lifetime_values": """
        scope smallint not null,
        subject text not null,
        local_date date not null,
        members integer not null,
        historic_minor bigint not null,
        expected_minor bigint,
        primary key (tenant_id, scope, subject, local_date)
    """,
}

READ = ("orders", "tenants", "timers")

# As the first order does from now on: of who has orders already.
FIT_NEXT_NIGHT = """
    insert into timers (tenant_id, kind, key, due_at, wake_at, payload, version)
    select tenant_id, 'fit-due', 'nightly', night, night, '{}', gen_random_uuid()
    from tenants, lateral (
        select (cast(now() at time zone time_zone as date) + interval '1 day 3 hours') at time zone time_zone
    ) as next (night)
    where exists (select from orders where orders.tenant_id = tenants.tenant_id and paid_at is not null)
"""


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.execute(f"create table {table} (tenant_id uuid not null, {columns})")
    op.execute(
        "create index on predictions (tenant_id, fit_id, net_spend_minor desc, member_id) where at_risk"
    )
    isolate(*TABLES)
    for table in READ:
        op.execute(f"alter table {table} no force row level security")
    op.execute(FIT_NEXT_NIGHT)
    for table in READ:
        op.execute(f"alter table {table} force row level security")
