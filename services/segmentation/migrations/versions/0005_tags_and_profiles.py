"""Tag rules and judgements, the timeline of a member, merges.

What is a member's own says whom it came from (`origin_id`), so that a merge can be taken back. In activities,
orders and the timeline it is null while that is the member; a tag and a judgement are told apart by it.
"""

from alembic import op

from chassis.migrations import isolate

revision = "0005"
down_revision = "0004"

TABLES = {
    "merges": """
        merge_id uuid not null,
        member_id uuid not null,
        merged_member_id uuid not null,
        reason text not null,
        merged_by text not null,
        merged_at timestamptz not null,
        merged_tier jsonb,
        stays jsonb,
        reversed_at timestamptz,
        reversed_by text,
        primary key (tenant_id, merge_id)
    """,
    # Only of those that are part of a merge: who goes on for them, and what was seen of them alone.
    "member_identities": """
        origin_id uuid not null,
        member_id uuid not null,
        external_reference text not null,
        display_name text not null,
        named_at timestamptz,
        first_seen_at timestamptz not null,
        last_seen_at timestamptz not null,
        primary key (tenant_id, origin_id)
    """,
    "timeline_entries": """
        entry_id uuid not null,
        member_id uuid not null,
        origin_id uuid,
        kind smallint not null,
        occurred_at timestamptz not null,
        group_id uuid,
        subject_id text not null,
        state text not null,
        primary key (tenant_id, entry_id)
    """,
    "tag_rules": """
        rule_id uuid not null,
        name text not null,
        keywords text[],
        condition jsonb,
        enabled boolean not null,
        version integer not null,
        updated_at timestamptz not null,
        primary key (tenant_id, rule_id),
        check (num_nonnulls(keywords, condition) = 1)
    """,
    # Goes up with every change of a rule: what a process has compiled holds while it stands still.
    "tag_rule_sets": """
        version bigint not null,
        primary key (tenant_id)
    """,
    "tag_judgements": """
        origin_id uuid not null,
        member_id uuid not null,
        name text not null,
        rule_id uuid not null,
        judgement smallint not null,
        judged_at timestamptz not null,
        judged_by text not null,
        primary key (tenant_id, origin_id, name, rule_id)
    """,
}

INDEXES = (
    "merges (tenant_id, merged_at desc, merge_id)",
    "merges (tenant_id, member_id)",
    "merges (tenant_id, merged_member_id)",
    "member_identities (tenant_id, member_id)",
    "timeline_entries (tenant_id, member_id, occurred_at desc, entry_id)",
    "member_tags (tenant_id, member_id, name)",
    "member_tags (tenant_id, rule_id) where rule_id is not null",
    "tag_rules (tenant_id, name, rule_id)",
    "tag_judgements (tenant_id, member_id, name)",
    "tag_judgements (tenant_id, judged_at)",
    "tier_assignments (tenant_id, assigned_at) where previous_tier = 1",
)


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.execute(f"create table {table} (tenant_id uuid not null, {columns})")
    op.execute("create unique index on merges (tenant_id, merged_member_id) where reversed_at is null")
    op.execute("alter table activities add column origin_id uuid")
    op.execute("alter table orders add column origin_id uuid")
    op.execute("""
        alter table member_tags add column origin_id uuid, add column rule_id uuid,
            add column judgement smallint, drop constraint member_tags_pkey
    """)
    op.execute("alter table member_tags no force row level security, disable row level security")
    op.execute("update member_tags set origin_id = member_id")
    op.execute("alter table member_tags enable row level security, force row level security")
    op.execute("alter table member_tags add primary key (tenant_id, origin_id, name)")
    for index in INDEXES:
        op.execute(f"create index on {index}")
    isolate(*TABLES)
