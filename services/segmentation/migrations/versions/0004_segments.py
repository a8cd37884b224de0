"""Segments, their members by generation of the condition, and when to look at a member again."""

from alembic import op

from chassis.migrations import isolate

revision = "0004"
down_revision = "0003"

TABLES = {
    "segments": """
        segment_id uuid not null,
        name text not null,
        condition jsonb not null,
        version integer not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        primary key (tenant_id, segment_id),
        unique (tenant_id, name)
    """,
    # Outlives its segment until its members are cleared away.
    "segment_generations": """
        segment_id uuid not null,
        number integer not null,
        version integer not null,
        condition jsonb not null,
        state smallint not null,
        size integer not null,
        filled_to uuid not null,
        seen integer not null,
        expected integer not null,
        primary key (tenant_id, segment_id, number)
    """,
    "segment_members": """
        segment_id uuid not null,
        generation integer not null,
        member_id uuid not null,
        entered_at timestamptz not null,
        primary key (tenant_id, segment_id, generation, member_id)
    """,
    "segment_due": """
        member_id uuid not null,
        due_at timestamptz not null,
        primary key (tenant_id, member_id)
    """,
}

INDEXES = (
    "segment_members (tenant_id, member_id)",
    "segment_due (tenant_id, due_at)",
)


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.execute(f"create table {table} (tenant_id uuid not null, {columns})")
    for index in INDEXES:
        op.execute(f"create index on {index}")
    # One is shown to readers, one more is worked out.
    op.execute("create unique index on segment_generations (tenant_id, segment_id) where state = 1")
    op.execute("create unique index on segment_generations (tenant_id, segment_id) where state in (2, 3)")
    isolate(*TABLES)
