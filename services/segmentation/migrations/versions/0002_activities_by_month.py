"""Activities and the tier history in partitions of one month, each activity id kept once."""

from alembic import op

from chassis.migrations import isolate

revision = "0002"
down_revision = "0001"

# By table: the column whose month decides, and the primary key, which is the index of a member's trail too.
PARTITIONED = {
    "activities": ("occurred_at", "tenant_id, member_id, occurred_at, activity_id"),
    "tier_assignments": ("assigned_at", "tenant_id, member_id, assigned_at, assignment_id"),
}
MONTHS_BACK, MONTHS_AHEAD = 24, 3

ACTIVITY_IDS = """
    create table activity_ids (
        tenant_id uuid not null,
        activity_id uuid not null,
        occurred_at timestamptz not null,
        primary key (tenant_id, activity_id)
    )
"""

INDEXES = (
    "activities (tenant_id, group_id, occurred_at desc, activity_id) where group_id is not null",
    # share, click, order_paid, invite: what indicators count members of
    "activities (tenant_id, group_id, kind, occurred_at) where kind in (5, 6, 10, 12)",
)

FUNCTIONS = (
    """
    create function months_of(parent text) returns setof timestamp language sql stable as $$
        select cast(to_date(right(relname, 7), 'YYYY_MM') as timestamp)
        from pg_inherits join pg_class on oid = inhrelid
        where inhparent = to_regclass(parent) and relname <> parent || '_history'
    $$
    """,
    """
    create function kept_since() returns timestamptz language sql stable set timezone = 'UTC' as $$
        select case when to_regclass('activities_history') is null then min(month) else '-infinity' end
        from months_of('activities') as month
    $$
    """,
    # Attached, not created in place: readers and writers of the parent go on meanwhile. Without a grant and a
    # policy of its own, a partition is reached through its parent only.
    """
    create function add_partition(parent text, suffix text, starts text, ends text) returns void
    language plpgsql as $$
    declare
        partition text := parent || suffix;
    begin
        execute format('create table %I (like %I including all)', partition, parent);
        execute format('alter table %I enable row level security, force row level security', partition);
        execute format('alter table %I attach partition %I for values from (%s) to (%s)',
                       parent, partition, starts, ends);
    end $$
    """,
    # `oldest` and `newest` are first days of months, in UTC. No oldest: everything is kept, and what is older
    # than all months has its place in the history.
    """
    create function arrange_months(oldest date, newest date) returns void
    language plpgsql security definer
    set search_path = segmentation, pg_temp set timezone = 'UTC' set lock_timeout = '5s' as $$
    declare
        parent text;
        month timestamp;
        first timestamp;
    begin
        perform pg_advisory_xact_lock(hashtextextended('segmentation.arrange_months', 0));
        foreach parent in array array['activities', 'tier_assignments'] loop
            for month in select months_of(parent) loop
                if month < oldest then
                    execute format('drop table %I', parent || to_char(month, '_YYYY_MM'));
                end if;
            end loop;
            select min(it) into first from months_of(parent) as it;
            if first <= oldest then
                execute format('drop table if exists %I', parent || '_history');
            elsif oldest is null and to_regclass(parent || '_history') is null then
                perform add_partition(parent, '_history', 'minvalue', quote_literal(first));
            end if;
            if to_regclass(parent || '_history') is null then
                first := least(first, oldest);
            end if;
            for month in
                select generate_series(first, newest, '1 month') except select months_of(parent)
            loop
                perform add_partition(parent, to_char(month, '_YYYY_MM'), quote_literal(month),
                                      quote_literal(month + interval '1 month'));
            end loop;
        end loop;
    end $$
    """,
)

ARRANGE_AT_FIRST = f"""
    select arrange_months(cast(this_month - interval '{MONTHS_BACK} months' as date), last),
        arrange_months(null, last)
    from (select this_month, cast(this_month + interval '{MONTHS_AHEAD} months' as date) as last
          from date_trunc('month', now() at time zone 'UTC') as this_month) as bounds
"""  # noqa: S608 constants only


def upgrade() -> None:
    for table, (column, key) in PARTITIONED.items():
        op.execute(f"alter table {table} rename to {table}_before")
        op.execute(f"alter table {table}_before no force row level security")
        op.execute(f"alter table {table}_before drop constraint {table}_pkey")
        op.execute(f"create table {table} (like {table}_before) partition by range ({column})")
        op.execute(f"alter table {table} add primary key ({key})")
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(ARRANGE_AT_FIRST)
    op.execute(ACTIVITY_IDS)
    op.execute("insert into activity_ids select tenant_id, activity_id, occurred_at from activities_before")
    for table in PARTITIONED:
        op.execute(f"insert into {table} select * from {table}_before")  # noqa: S608
        op.execute(f"drop table {table}_before")
    for index in INDEXES:
        op.execute(f"create index on {index}")
    isolate(*PARTITIONED, "activity_ids")
    # What is too old is forgotten for all tenants at once, by the role that sees beyond one.
    op.execute("grant select, delete on activity_ids to segmentation_relay")
    op.execute("create policy relay on activity_ids to segmentation_relay using (true) with check (true)")
    op.execute("revoke execute on function arrange_months from public")
    op.execute("grant execute on function arrange_months to segmentation_relay")
