"""Who of those that joined is there N days later, by join week, in one statement.

Stays of a member do not overlap, so at most one of them covers the end of a day: pairs of a joining and a
stay may be added up, and pairs alike in their days are added up before they are asked about each N.
"""

from sqlalchemy import text

COHORTS = text("""
    with asked as (
        select distinct unnest(cast(:group_ids as uuid[])) as group_id
        union all
        select group_id from groups where cardinality(cast(:group_ids as uuid[])) = 0
    ), stays as (
        select group_id, member_id, join_recorded and joined_at < :ends_at as joins,
            cast(joined_at at time zone cast(:zone as text) as date) as joined_on,
            cast(left_at at time zone cast(:zone as text) as date) as left_on
        from memberships join asked using (group_id) where joined_at >= :starts_at
    ), joinings as (
        select distinct group_id, member_id, joined_on from stays where joins
    ), by_day as (
        select joined_on, count(*) as joined from joinings group by joined_on
    ), alike as (
        select j.joined_on, s.joined_on - j.joined_on as present_from, s.left_on - j.joined_on as left_after,
            count(*) as stays
        from joinings j join stays s using (group_id, member_id) where s.joined_on >= j.joined_on
        group by 1, 2, 3
    ), days as (
        select unnest(cast(:days as integer[])) as day
    ), retained as (
        select joined_on, day, sum(stays) as retained
        from alike join days on present_from <= day and (left_after is null or left_after > day)
        group by joined_on, day
    )
    select joined_on - cast(extract(isodow from joined_on) as integer) + 1 as week, day,
        cast(sum(joined) as integer) as joined,
        cast(coalesce(sum(joined) filter (where is_over), 0) as integer) as eligible,
        cast(coalesce(sum(retained) filter (where is_over), 0) as integer) as retained
    from by_day cross join days left join retained using (joined_on, day)
    cross join lateral (select joined_on + day < cast(:today as date) as is_over) as horizon
    group by 1, 2
""")
