"""The timeline in partitions of one month, as activities are; indexes with all that groups are counted by."""

from alembic import op

from chassis.migrations import isolate

revision = "0011"
down_revision = "0012"

# The same months as activities have, so that `kept_since` holds for both.
MIRROR = """
    select add_partition('timeline_entries', to_char(month, '_YYYY_MM'), quote_literal(month),
                         quote_literal(month + interval '1 month'))
    from months_of('activities') as month
    union all
    select add_partition('timeline_entries', '_history', 'minvalue', quote_literal(min(month)))
    from months_of('activities') as month having to_regclass('activities_history') is not null
"""

# As in 0002, for every table that is partitioned.
ARRANGE_MONTHS = """
    create or replace function arrange_months(oldest date, newest date) returns void
    language plpgsql security definer
    set search_path = segmentation, pg_temp set timezone = 'UTC' set lock_timeout = '5s' as $$
    declare
        parent text;
        month timestamp;
        first timestamp;
    begin
        perform pg_advisory_xact_lock(hashtextextended('segmentation.arrange_months', 0));
        for parent in
            select relname from pg_class
            where relnamespace = to_regnamespace('segmentation') and relkind = 'p' order by relname
        loop
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
"""


# Instead of the same without what they include.
INDEXES = {
    "memberships_tenant_id_group_id_member_id_joined_at_idx": """
        memberships (tenant_id, group_id, member_id, joined_at)
        include (left_at, join_recorded, invited_by_id)
    """,
    "activities_tenant_id_group_id_kind_occurred_at_idx": """
        activities (tenant_id, group_id, kind, occurred_at) include (member_id)
        where kind in (5, 6, 10, 12)
    """,
}


def upgrade() -> None:
    for replaced, index in INDEXES.items():
        op.execute(f"drop index {replaced}")
        op.execute(f"create index on {index}")
    _partition_timeline()


def _partition_timeline() -> None:
    op.execute("set local timezone = 'UTC'")
    op.execute("alter table timeline_entries rename to timeline_before")
    op.execute("alter table timeline_before no force row level security")
    op.execute("alter table timeline_before drop constraint timeline_entries_pkey")
    op.execute("create table timeline_entries (like timeline_before) partition by range (occurred_at)")
    op.execute("""
        alter table timeline_entries add primary key (tenant_id, member_id, occurred_at, entry_id)
    """)
    op.execute(MIRROR)
    op.execute("""
        insert into timeline_entries
        select * from timeline_before where occurred_at >= (select kept_since())
    """)
    op.execute("drop table timeline_before")
    op.execute(ARRANGE_MONTHS)
    isolate("timeline_entries")
