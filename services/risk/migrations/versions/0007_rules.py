"""Versions of rules, of all groups and of one; the ledger of points; what is known of tasks and mutes."""

from alembic import op

from chassis.migrations import isolate

revision = "0007"
down_revision = "0006"

STATEMENTS = """
create table rule_sets (
    tenant_id uuid not null,
    version integer not null,
    rules jsonb not null,
    strikes_per_rule boolean not null,
    reminder_minutes integer not null,
    changed_at timestamptz not null,
    changed_by text not null,
    primary key (tenant_id, version)
);
create table group_rules (
    tenant_id uuid not null,
    group_id uuid not null,
    version integer not null,
    rules jsonb not null,
    changed_at timestamptz not null,
    changed_by text not null,
    primary key (tenant_id, group_id, version)
);
create table point_entries (
    tenant_id uuid not null,
    activity_id uuid not null,
    rule text not null,
    reason smallint not null,
    member_id uuid not null,
    group_id uuid not null,
    points integer not null,
    day date not null,
    booked_at timestamptz not null,
    primary key (tenant_id, activity_id, rule, reason),
    constraint point_entries_reason check (reason between 1 and 3)
);
comment on column point_entries.points is 'negative: taken';
comment on column point_entries.day is 'local day of the act';
create index point_entries_by_day on point_entries (tenant_id, member_id, day);
create index point_entries_by_member
    on point_entries (tenant_id, member_id, booked_at, activity_id, rule, reason);

alter table decisions add column flexible_rule text;
comment on column decisions.flexible_rule is 'the rule whose quota it used; null: none';

alter table violations add column rule text not null default '';
comment on column violations.rule is 'key of the rule that was broken';
alter table violations no force row level security;
update violations
set rule = case category
    when 9 then 'no_flooding'
    when 1 then 'no_malicious_marketing'
    when 8 then 'no_malicious_marketing'
    else 'no_sensitive_content'
end;
alter table violations force row level security;
alter table violations alter column rule drop default;

alter table moderator_tasks
    add column mute_hours integer not null default 0,
    add column muted_until timestamptz,
    add column assignee text not null default '',
    add column reminded_at timestamptz;
alter table moderator_tasks
    alter column mute_hours drop default,
    alter column assignee drop default;
comment on column moderator_tasks.mute_hours is '0: the action is no mute';
comment on column moderator_tasks.assignee is 'empty: anybody'
"""


def upgrade() -> None:
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
    isolate("rule_sets", "group_rules", "point_entries")
    # A line of the ledger is written once; it goes only with its member.
    op.execute("revoke update on point_entries from risk_app")
