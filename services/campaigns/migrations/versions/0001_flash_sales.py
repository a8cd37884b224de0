"""Flash sales: campaigns of groups, stock, claims, payments, policy, clicks."""

from alembic import op

from chassis.migrations import create_chassis_tables, isolate

revision = "0001"
down_revision = None

TABLES = """
create table campaigns (
    tenant_id uuid not null,
    id uuid not null,
    type text not null,
    external_reference text,
    name text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    created_at timestamptz not null,
    cancelled_at timestamptz,
    primary key (tenant_id, id),
    constraint campaigns_window check (starts_at < ends_at)
);
create unique index campaigns_external_reference on campaigns (tenant_id, external_reference);
create index campaigns_starts_at on campaigns (tenant_id, starts_at, id);

create table campaign_groups (
    tenant_id uuid not null,
    campaign_id uuid not null,
    group_id uuid not null,
    occupied tstzrange not null,
    overridden boolean not null,
    cancelled boolean not null,
    primary key (tenant_id, campaign_id, group_id),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id),
    constraint campaign_groups_interval
        exclude using gist (tenant_id with =, group_id with =, occupied with &&)
        where (not overridden and not cancelled)
);
comment on column campaign_groups.occupied is 'from the start to the end plus the interval';
create index campaign_groups_group_id on campaign_groups (tenant_id, group_id);

create table interval_overrides (
    tenant_id uuid not null,
    campaign_id uuid not null,
    reason text not null,
    overridden_by text not null,
    overridden_at timestamptz not null,
    primary key (tenant_id, campaign_id),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id)
);

create table flash_sales (
    tenant_id uuid not null,
    campaign_id uuid not null,
    item_name text not null,
    total integer not null,
    available integer not null,
    reserved integer not null,
    sold integer not null,
    per_member_limit integer not null,
    price_minor bigint not null,
    currency text not null,
    payment_deadline_seconds integer not null,
    halted boolean not null,
    primary key (tenant_id, campaign_id),
    foreign key (tenant_id, campaign_id) references campaigns (tenant_id, id),
    constraint flash_sales_stock check (
        available >= 0 and reserved >= 0 and sold >= 0 and available + reserved + sold = total
    )
) with (fillfactor = 20);

create table member_holdings (
    tenant_id uuid not null,
    campaign_id uuid not null,
    member_id uuid not null,
    held integer not null,
    primary key (tenant_id, campaign_id, member_id),
    constraint member_holdings_held check (held >= 0)
);

create table claims (
    tenant_id uuid not null,
    id uuid not null,
    campaign_id uuid not null,
    member_id uuid not null,
    quantity integer not null,
    amount_minor bigint not null,
    currency text not null,
    reserved_at timestamptz not null,
    pay_until timestamptz not null,
    status text not null,
    payment_reference text,
    version integer not null,
    primary key (tenant_id, id)
);
create index claims_campaign_id on claims (tenant_id, campaign_id, id);
create index claims_member_id on claims (tenant_id, member_id, id);

create table payments (
    tenant_id uuid not null,
    claim_id uuid not null,
    reference text not null,
    amount_minor bigint not null,
    currency text not null,
    received_at timestamptz not null,
    fate text not null,
    refund_reference text,
    refunded_at timestamptz,
    primary key (tenant_id, claim_id, reference)
);

create table campaign_policies (
    tenant_id uuid not null,
    version integer not null,
    interval_days integer not null,
    max_payment_deadline_seconds integer not null,
    created_at timestamptz not null,
    primary key (tenant_id, version)
);

create table campaign_clicks (
    tenant_id uuid not null,
    campaign_id uuid not null,
    member_id uuid not null,
    primary key (tenant_id, campaign_id, member_id)
);
"""


def upgrade() -> None:
    create_chassis_tables()
    op.execute(TABLES)
    isolate(
        "campaigns",
        "campaign_groups",
        "interval_overrides",
        "flash_sales",
        "member_holdings",
        "claims",
        "payments",
        "campaign_policies",
        "campaign_clicks",
    )
