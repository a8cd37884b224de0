"""Groups, members and their stays, activities and orders, tiers with history, daily facts."""

from alembic import op

from chassis.migrations import create_chassis_tables, isolate

revision = "0001"
down_revision = None

TABLES = {
    "groups": """
        group_id uuid not null,
        external_reference text not null,
        name text not null,
        owner text not null,
        created_at timestamptz not null,
        primary key (tenant_id, group_id),
        unique (tenant_id, external_reference)
    """,
    "members": """
        member_id uuid not null,
        external_reference text not null,
        display_name text not null,
        named_at timestamptz,
        first_seen_at timestamptz not null,
        last_seen_at timestamptz not null,
        primary key (tenant_id, member_id),
        unique (tenant_id, external_reference)
    """,
    "member_tags": """
        member_id uuid not null,
        name text not null,
        source smallint not null,
        tagged_at timestamptz not null,
        primary key (tenant_id, member_id, name)
    """,
    "activities": """
        activity_id uuid not null,
        kind smallint not null,
        member_id uuid not null,
        group_id uuid,
        occurred_at timestamptz not null,
        source text not null,
        amount_minor bigint not null,
        order_reference text,
        invited_by_id uuid,
        campaign_id text,
        post_id text,
        primary key (tenant_id, activity_id)
    """,
    "orders": """
        source text not null,
        reference text not null,
        member_id uuid not null,
        group_id uuid,
        paid_at timestamptz,
        paid_minor bigint,
        refunded_minor bigint not null,
        primary key (tenant_id, source, reference)
    """,
    "memberships": """
        member_id uuid not null,
        group_id uuid not null,
        joined_at timestamptz not null,
        left_at timestamptz,
        join_recorded boolean not null,
        invited_by_id uuid,
        primary key (tenant_id, member_id, group_id, joined_at),
        check (left_at >= joined_at)
    """,
    "member_tiers": """
        member_id uuid not null,
        tier smallint not null,
        previous_tier smallint,
        assigned_at timestamptz not null,
        reason jsonb not null,
        due_at timestamptz,
        primary key (tenant_id, member_id)
    """,
    "tier_assignments": """
        member_id uuid not null,
        assignment_id uuid not null,
        tier smallint not null,
        previous_tier smallint,
        assigned_at timestamptz not null,
        reason jsonb not null,
        primary key (tenant_id, member_id, assignment_id)
    """,
    "tier_policies": """
        version integer not null,
        document jsonb not null,
        created_at timestamptz not null,
        primary key (tenant_id, version)
    """,
    "indicator_policies": """
        version integer not null,
        document jsonb not null,
        created_at timestamptz not null,
        primary key (tenant_id, version)
    """,
    "daily_facts": """
        group_id uuid not null,
        local_date date not null,
        messages integer not null,
        interactions integer not null,
        clicks integer not null,
        shares integer not null,
        orders integer not null,
        net_spend_minor bigint not null,
        primary key (tenant_id, group_id, local_date)
    """,
    "deliveries": """
        post_id uuid not null,
        group_id uuid not null,
        delivered_at timestamptz not null,
        primary key (tenant_id, group_id, post_id)
    """,
}

INDEXES = (
    "groups (tenant_id, name, group_id)",
    "members (tenant_id, last_seen_at desc, member_id)",
    "member_tags (tenant_id, name, member_id)",
    "activities (tenant_id, member_id, occurred_at desc, activity_id)",
    "activities (tenant_id, group_id, occurred_at desc, activity_id) where group_id is not null",
    # share, click, order_paid, invite: what indicators count members of
    "activities (tenant_id, group_id, kind, occurred_at) where kind in (5, 6, 10, 12)",
    "orders (tenant_id, member_id, paid_at)",
    "memberships (tenant_id, group_id, member_id, joined_at)",
    "memberships (tenant_id, group_id) where left_at is null",
    "member_tiers (tenant_id, due_at) where due_at is not null",
)


def upgrade() -> None:
    create_chassis_tables()
    for table, columns in TABLES.items():
        op.execute(f"create table {table} (tenant_id uuid not null, {columns})")
    for index in INDEXES:
        op.execute(f"create index on {index}")
    isolate(*TABLES)
