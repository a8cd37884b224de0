"""Exports as long work, erasures with their receipts."""

from alembic import op

from chassis.migrations import isolate

revision = "0006"
down_revision = "0005"

TABLES = {
    "operations": """
        operation_id uuid not null,
        kind smallint not null,
        format smallint not null,
        wanted jsonb not null,
        member_id uuid,
        status smallint not null,
        requested_by text not null,
        created_at timestamptz not null,
        attempt integer not null,
        leased_until timestamptz not null,
        total bigint not null,
        rows bigint not null,
        bytes bigint not null,
        sha256 text not null,
        failure text not null,
        finished_at timestamptz,
        expires_at timestamptz,
        primary key (tenant_id, operation_id)
    """,
    "erasures": """
        erasure_id uuid not null,
        member_id uuid not null,
        merged_member_ids uuid[] not null,
        status smallint not null,
        reason text not null,
        requested_by text not null,
        requested_at timestamptz not null,
        completed_at timestamptz,
        primary key (tenant_id, erasure_id)
    """,
    "erasure_receipts": """
        erasure_id uuid not null,
        service text not null,
        tables jsonb not null,
        erased_at timestamptz not null,
        primary key (tenant_id, erasure_id, service),
        foreign key (tenant_id, erasure_id) references erasures (tenant_id, erasure_id)
    """,
    # All that is kept of an erased member: what happened until then is not taken in again.
    "erased_members": """
        member_id uuid not null,
        erased_at timestamptz not null,
        primary key (tenant_id, member_id)
    """,
}

INDEXES = (
    "operations (tenant_id, created_at desc, operation_id)",
    "operations (tenant_id, member_id) where member_id is not null",
    "erasures (tenant_id, requested_at desc, erasure_id)",
)


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.execute(f"create table {table} (tenant_id uuid not null, {columns})")
    for index in INDEXES:
        op.execute(f"create index on {index}")
    op.execute("create unique index erasures_running on erasures (tenant_id, member_id) where status = 1")
    isolate(*TABLES)
