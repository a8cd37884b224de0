"""What members agree to: every record as it came in, and the purposes asked for.

`origin_id` as in 0005. `erased_id`: whose it was, of what is kept as the proof that there was consent.
"""

from alembic import op

from chassis.migrations import isolate

revision = "0013"
down_revision = "0011"

TABLES = {
    "consents": """
        consent_id uuid not null,
        member_id uuid not null,
        origin_id uuid,
        erased_id uuid,
        purpose text not null,
        state smallint not null check (state in (1, 2)),
        source text not null,
        source_id text not null,
        channel text not null,
        notice_version text not null,
        evidence text not null,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null,
        recorded_by text not null,
        primary key (tenant_id, consent_id)
    """,
    "consent_policies": """
        version integer not null,
        purposes jsonb not null,
        created_at timestamptz not null,
        primary key (tenant_id, version)
    """,
}

INDEXES = (
    "consents (tenant_id, member_id, purpose, occurred_at desc)",
    "consents (tenant_id, origin_id) where origin_id is not null",
    "consents (tenant_id, erased_id) where erased_id is not null",
)


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.execute(f"create table {table} (tenant_id uuid not null, {columns})")
    for index in INDEXES:
        op.execute(f"create index on {index}")
    isolate(*TABLES)
