"""The one statement behind the eight indicators: counts of many groups over one window.

Distinct members cannot be summed over days, so they are counted over the window itself.
"""

from sqlalchemy import text

from segmentation.domain.activity import ActivityKind as Kind

COUNTS = text(f"""
    with asked as (
        select distinct unnest(cast(:group_ids as uuid[])) as group_id
    ), stays as (
        select group_id, member_id, joined_at, left_at, join_recorded, invited_by_id
        from memberships join asked using (group_id)
        where joined_at < :ends_at and (left_at is null or left_at >= :starts_at)
    ), sums as (
        select group_id, sum(messages) filter (where local_date >= :first) as messages,
            sum(interactions) filter (where local_date >= :first) as interactions,
            sum(messages) filter (where local_date > cast(:last as date) - 7) as week_messages
        from daily_facts join asked using (group_id)
        where local_date between least(cast(:first as date), cast(:last as date) - 6) and :last
        group by group_id
    ), presence as (
        select group_id, sum(days) as member_days, count(*) filter (where present) as members
        from (
            select group_id,
                (select sum(upper(days) - lower(days)) from unnest(range_agg(daterange(
                    greatest(cast(joined_at at time zone :zone as date), :first),
                    least(coalesce(cast(left_at at time zone :zone as date), :last), :last), '[]'))) as days
                ) as days,
                bool_or(left_at is null or left_at >= least(:ends_at, :now)) as present
            from stays group by group_id, member_id
        ) as by_member group by group_id
    ), reach as (
        select d.group_id, count(distinct m.member_id) as reached
        from deliveries d join asked using (group_id)
        join memberships m on m.group_id = d.group_id and m.joined_at <= d.delivered_at
                          and (m.left_at is null or m.left_at > d.delivered_at)
        where d.delivered_at >= :starts_at and d.delivered_at < :ends_at group by d.group_id
    ), actors as (
        select group_id, count(distinct member_id) filter (where kind = {Kind.CLICK:d}) as clickers,
            count(distinct member_id) filter (where kind = {Kind.SHARE:d}) as sharers,
            count(distinct member_id) filter (where kind = {Kind.ORDER_PAID:d}) as buyers
        from activities join asked using (group_id)
        where kind in ({Kind.SHARE:d}, {Kind.CLICK:d}, {Kind.ORDER_PAID:d})
          and occurred_at >= :starts_at and occurred_at < :ends_at
        group by group_id
    ), joiners as (
        select distinct group_id, member_id, cast(joined_at at time zone :zone as date) as joined_on
        from stays where join_recorded and joined_at >= :starts_at
    ), cohorts as (
        select group_id, after, count(*) as cohort, count(*) filter (where exists (
            select from memberships m
            where m.group_id = j.group_id and m.member_id = j.member_id and m.joined_at < day_ends
              and (m.left_at is null or m.left_at >= day_ends))) as retained
        from joiners j cross join (values (7), (30)) as horizon (after)
        cross join lateral (
            select cast(joined_on + after + 1 as timestamp) at time zone :zone as day_ends) as day
        where day_ends <= :now
        group by group_id, after
    ), inviters as (
        select group_id, invited_by_id as member_id, member_id as invited
        from stays where join_recorded and joined_at >= :starts_at and invited_by_id is not null
        union all
        select group_id, member_id, null from activities join asked using (group_id)
        where kind = {Kind.INVITE:d} and occurred_at >= :starts_at and occurred_at < :ends_at
    ), invitations as (
        select group_id, count(distinct invited) as invited, count(distinct member_id) as inviters
        from inviters group by group_id
    )
    select group_id, coalesce(messages, 0) as messages, coalesce(interactions, 0) as interactions,
        cast(coalesce(member_days, 0) as integer) as member_days, coalesce(reached, 0) as reached,
        coalesce(clickers, 0) as clickers, coalesce(sharers, 0) as sharers, coalesce(buyers, 0) as buyers,
        coalesce(week.cohort, 0) as cohort_7d, coalesce(week.retained, 0) as retained_7d,
        coalesce(month.cohort, 0) as cohort_30d, coalesce(month.retained, 0) as retained_30d,
        coalesce(invited, 0) as invited, coalesce(inviters, 0) as inviters,
        coalesce(week_messages, 0) as week_messages, coalesce(members, 0) as members
    from asked
    left join sums using (group_id) left join presence using (group_id) left join reach using (group_id)
    left join actors using (group_id) left join invitations using (group_id)
    left join (select group_id, cohort, retained from cohorts where after = 7) as week using (group_id)
    left join (select group_id, cohort, retained from cohorts where after = 30) as month using (group_id)
    order by group_id
""")  # noqa: S608 constants only
