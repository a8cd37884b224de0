"""Partners with their keys; webhook endpoints and what was or is to be delivered to them.

Whoever shows an API key, and the loop that sends webhooks, do not know the tenant yet. Both step into the
relay role, as the relay of the outbox does, and see just the columns that lead to the tenant: no hash of a
key, no address, no event. With the tenant known they go on as everybody else.
"""

from alembic import op

from chassis.migrations import isolate

revision = "0002"
down_revision = "0001"

TABLES = """
create table partners (
    tenant_id uuid not null,
    id uuid not null,
    name text not null,
    registered_at timestamptz not null,
    disabled_at timestamptz,
    events_from timestamptz not null,
    primary key (tenant_id, id)
);
comment on column partners.events_from is 'its NATS consumer begins with the events of this instant';
create unique index partners_name on partners (tenant_id, name);

create table api_keys (
    tenant_id uuid not null,
    prefix text not null,
    partner_id uuid not null,
    hash bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    primary key (tenant_id, prefix),
    foreign key (tenant_id, partner_id) references partners
);
comment on column api_keys.hash is 'HMAC-SHA256 of the key under the pepper';
create unique index api_keys_prefix on api_keys (prefix);
create index api_keys_partner on api_keys (tenant_id, partner_id);

create table webhook_endpoints (
    tenant_id uuid not null,
    id uuid not null,
    partner_id uuid not null,
    url text not null,
    event_types text[] not null,
    group_ids uuid[] not null,
    status text not null,
    status_reason text,
    created_at timestamptz not null,
    secret_id uuid not null,
    previous_secret_id uuid,
    previous_secret_until timestamptz,
    failures integer not null default 0,
    failing_since timestamptz,
    resume_at timestamptz,
    primary key (tenant_id, id),
    foreign key (tenant_id, partner_id) references partners,
    constraint webhook_endpoints_status check (status in ('ACTIVE', 'PAUSED', 'DISABLED'))
);
comment on column webhook_endpoints.event_types is 'empty: all';
comment on column webhook_endpoints.group_ids is 'empty: all events, also those of no group';
comment on column webhook_endpoints.secret_id is 'the secret is derived from it and the pepper';
comment on column webhook_endpoints.failures is 'in a row';
comment on column webhook_endpoints.resume_at is 'it asked to be left alone until then';
create index webhook_endpoints_partner on webhook_endpoints (tenant_id, partner_id);

create table webhook_deliveries (
    tenant_id uuid not null,
    id uuid not null,
    endpoint_id uuid not null,
    event_id text not null,
    event_type text not null,
    occurred_at timestamptz not null,
    body bytea not null,
    status text not null,
    queued_at timestamptz not null,
    due_at timestamptz not null,
    attempts integer not null default 0,
    attempted_at timestamptz,
    response_code integer,
    response_text text,
    error text,
    duration_ms integer,
    primary key (tenant_id, id),
    foreign key (tenant_id, endpoint_id) references webhook_endpoints on delete cascade,
    constraint webhook_deliveries_status check (status in ('PENDING', 'DELIVERED', 'FAILED'))
);
comment on column webhook_deliveries.id is 'derived from endpoint and event: one row for both';
comment on column webhook_deliveries.body is 'CloudEvent, structured JSON';
comment on column webhook_deliveries.due_at is 'of a pending one: when to send, or the end of a lease';
create index webhook_deliveries_due on webhook_deliveries (tenant_id, endpoint_id, due_at)
    where status = 'PENDING';
create index webhook_deliveries_listed on webhook_deliveries (tenant_id, occurred_at, id);
create index webhook_deliveries_of_endpoint on webhook_deliveries (tenant_id, endpoint_id, occurred_at, id);
create index webhook_deliveries_age on webhook_deliveries using brin (queued_at);
"""

RELAY = """
grant select (tenant_id, prefix, partner_id) on api_keys to gateway_relay;
create policy relay on api_keys for select to gateway_relay using (true);

grant select (tenant_id, id, status, resume_at) on webhook_endpoints to gateway_relay;
create policy relay on webhook_endpoints for select to gateway_relay using (true);

grant select (tenant_id, id, endpoint_id, status, due_at, queued_at), update (due_at), delete
    on webhook_deliveries to gateway_relay;
create policy relay on webhook_deliveries to gateway_relay using (true) with check (true);

create trigger ring after insert on webhook_deliveries for each statement execute function ring();
"""


def upgrade() -> None:
    op.execute(TABLES)
    isolate("partners", "api_keys", "webhook_endpoints", "webhook_deliveries")
    op.execute(RELAY)
