"""Thresholds per group, alerts, and the zone that daily facts are counted in."""

from alembic import op

from chassis.migrations import isolate

revision = "0008"
down_revision = "0007"

TABLES = {
    # Without a document: the tenant's thresholds hold for the group again.
    "group_indicator_policies": """
        group_id uuid not null,
        version integer not null,
        document jsonb,
        created_at timestamptz not null,
        primary key (tenant_id, group_id, version)
    """,
    "alerts": """
        alert_id uuid not null,
        group_id uuid not null,
        kind smallint not null,
        indicator smallint not null,
        status smallint not null,
        numerator bigint not null,
        denominator bigint not null,
        value double precision not null,
        healthy_from double precision not null,
        from_date date not null,
        to_date date not null,
        opened_at timestamptz not null,
        opened_value double precision not null,
        acknowledged_at timestamptz,
        acknowledged_by text not null,
        note text not null,
        snoozed_until timestamptz,
        closed_at timestamptz,
        primary key (tenant_id, alert_id),
        check ((kind = 1) = (indicator > 0)),
        check ((status = 3) = (snoozed_until is not null)),
        check ((status = 4) = (closed_at is not null))
    """,
    "fact_zones": """
        time_zone text not null,
        primary key (tenant_id)
    """,
}
INDEXES = (
    "unique index on alerts (tenant_id, group_id, kind, indicator) where closed_at is null",
    "index on alerts (tenant_id, opened_at, alert_id)",
    "index on alerts (tenant_id, group_id, opened_at, alert_id)",
)


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.execute(f"create table {table} (tenant_id uuid not null, {columns})")
    for index in INDEXES:
        op.execute(f"create {index}")
    op.execute("alter table tenants no force row level security")
    op.execute("insert into fact_zones select tenant_id, time_zone from tenants")
    op.execute("alter table tenants force row level security")
    isolate(*TABLES)
