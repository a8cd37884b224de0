"""The one statement behind the eight indicators: counts of many groups over many windows at once.

The windows follow one another without a gap, so the one a moment falls into is its `width_bucket`. Distinct
members cannot be summed over days; they are counted over the windows themselves. Most stays last throughout
all windows: they are only counted, from an index. The others are looked at once, whatever the number of
windows: each adds where it begins to count and subtracts where it ends (`edges`), and running sums over the
windows give member-days, members present at the end and members reached. A stay begins to count only where
`earlier` ones of its member in the group have ended, so that nobody counts twice. What a statement does not
select, PostgreSQL does not count: of one indicator only what it is made of.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import TextClause, text

from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.indicator_policy import IndicatorKind

_GIVEN = {
    "asked": "select distinct unnest(cast(:group_ids as uuid[])) as group_id",
    "of_asked": "and group_id = any(cast(:group_ids as uuid[]))",
}
_ALL = {"asked": "select group_id from groups", "of_asked": ""}

_FIRSTS, _LASTS = "cast(:firsts as date[])", "cast(:lasts as date[])"
_STARTS, _ENDS, _SEEN = (f"cast(:{name} as timestamptz[])" for name in ("starts", "ends", "seen_until"))
_INSIDE = "occurred_at >= :starts_at and occurred_at < :ends_at"


def _cohort(after: int) -> str:
    """Who joined so long ago; and who of them has a stay at the end of that day, this or a later one."""
    old_enough, day = f"joined_on + {after} < cast(:today as date)", f"joined_on + {after}"
    return f"""
            count(*) filter (where {old_enough}) as cohort_{after}d,
            count(*) filter (where {old_enough} and (left_on is null or left_on > {day} or exists (
                select from memberships later
                where later.group_id = spans.group_id and later.member_id = spans.member_id
                  and cast(later.joined_at at time zone cast(:zone as text) as date) <= {day}
                  and (later.left_at is null
                       or cast(later.left_at at time zone cast(:zone as text) as date) > {day})
            ))) as retained_{after}d"""


_COUNTED = f"""
    with asked as (
        {{asked}}
    ), windows as (
        select cast(n as integer) as n, first, last
        from unnest({_FIRSTS}, {_LASTS}) with ordinality as it (first, last, n)
    ), posts as (
        select group_id, array_agg(delivered_at order by delivered_at) as at
        from deliveries where delivered_at >= :starts_at and delivered_at < :ends_at {{of_asked}}
        group by group_id
    ), stays as materialized (
        select group_id, member_id, joined_at, left_at, join_recorded, invited_by_id,
            case when joined_at >= :starts_at
                then cast(joined_at at time zone cast(:zone as text) as date) end as joined_on,
            cast(left_at at time zone cast(:zone as text) as date) as left_on,
            case when before < until then width_bucket(at[before + 1], {_STARTS}) end as reached_in,
            case when before < until then width_bucket(at[until], {_STARTS}) end as reached_last
        from memberships left join posts using (group_id)
        cross join lateral (
            select width_bucket(joined_at - interval '1 microsecond', at) as before,
                coalesce(width_bucket(left_at - interval '1 microsecond', at), cardinality(at)) as until
        ) as seen
        where (joined_at >= :starts_at and joined_at < :ends_at
               or joined_at < :starts_at and left_at >= :starts_at and left_at < :ends_at) {{of_asked}}
    ), throughout as (
        select group_id, count(*) as stays from memberships
        where joined_at < :starts_at and (left_at is null or left_at >= :ends_at) {{of_asked}}
        group by group_id
    ), spans as (
        select group_id, member_id, joined_on, left_on,
            join_recorded and joined_on is not null and joined_on is distinct from
                max(joined_on) filter (where join_recorded) over earlier as joins,
            greatest(joined_on, cast(:first as date), max(left_on) over earlier + 1) as day_in,
            least(left_on, cast(:last as date)) + 1 as day_out,
            width_bucket(joined_at, {_ENDS}) + 1 as seen_in, width_bucket(left_at, {_SEEN}) + 1 as seen_out,
            case when reached_in is not null
                then greatest(reached_in, max(reached_last) over earlier + 1) end as reached_in,
            reached_last + 1 as reached_out
        from stays
        window earlier as (partition by group_id, member_id order by joined_at
                           rows between unbounded preceding and 1 preceding)
    ), alike as (
        select group_id, width_bucket(day_in, {_FIRSTS}) as days_in,
            width_bucket(day_out, {_FIRSTS}) as days_out,
            seen_in, seen_out, reached_in, reached_out, count(*) as stays,
            sum(day_in - cast(:first as date)) as in_days, sum(day_out - cast(:first as date)) as out_days
        from spans group by 1, 2, 3, 4, 5, 6, 7
        union all
        select group_id, 1, null, 1, null, width_bucket(at[1], {_STARTS}),
            width_bucket(at[cardinality(at)], {_STARTS}) + 1, stays, 0, null
        from throughout left join posts using (group_id)
    ), edges as (
        select group_id, n, sum(present) as present, sum(day) as day, sum(seen) as seen,
            sum(reached) as reached
        from alike cross join lateral (values
            (days_in, stays, in_days, 0, 0), (days_out, -stays, -out_days, 0, 0),
            (seen_in, 0, 0, stays, 0), (seen_out, 0, 0, -stays, 0),
            (reached_in, 0, 0, 0, stays), (reached_out, 0, 0, 0, -stays)
        ) as edge (n, present, day, seen, reached)
        group by group_id, n
    ), running as (
        select group_id, n, last, sum(seen) over so_far as members, sum(reached) over so_far as reached,
            coalesce(sum(present) over so_far * (last - cast(:first as date) + 1) - sum(day) over so_far, 0)
                as member_days
        from asked cross join windows left join edges using (group_id, n)
        window so_far as (partition by group_id order by n)
    ), presence as (
        select group_id, n, members, reached,
            member_days - lag(member_days, 1, 0.0) over so_far as member_days
        from running window so_far as (partition by group_id order by n)
    ), posted as (
        select distinct group_id, width_bucket(it, {_STARTS}) as n from posts cross join unnest(at) as it
    ), sums as (
        select group_id, width_bucket(local_date, {_FIRSTS}) as n, sum(messages) as messages,
            sum(interactions) as interactions
        from daily_facts
        where local_date between cast(:first as date) and cast(:last as date) {{of_asked}}
        group by 1, 2
    ), weeks as (
        select group_id, n, sum(messages) as week_messages
        from daily_facts join windows on local_date between last - 6 and last
        where local_date between cast(:first as date) - 6 and cast(:last as date) {{of_asked}}
        group by 1, 2
    ), did as (
        select group_id, kind, width_bucket(occurred_at, {_STARTS}) as n, count(distinct member_id) as members
        from activities
        where kind in ({Kind.SHARE:d}, {Kind.CLICK:d}, {Kind.ORDER_PAID:d}) and {_INSIDE} {{of_asked}}
        group by 1, 2, 3
    ), actors as (
        select group_id, n, sum(members) filter (where kind = {Kind.CLICK:d}) as clickers,
            sum(members) filter (where kind = {Kind.SHARE:d}) as sharers,
            sum(members) filter (where kind = {Kind.ORDER_PAID:d}) as buyers
        from did group by 1, 2
    ), cohorts as (
        select group_id, width_bucket(joined_on, {_FIRSTS}) as n,
            {_cohort(7)}, {_cohort(30)}
        from spans where joins group by 1, 2
    ), inviters as (
        select group_id, joined_at as at, invited_by_id as member_id, member_id as invited
        from stays where join_recorded and joined_at >= :starts_at and invited_by_id is not null
        union all
        select group_id, occurred_at, member_id, null from activities
        where kind = {Kind.INVITE:d} and {_INSIDE} {{of_asked}}
    ), invitations as (
        select group_id, width_bucket(at, {_STARTS}) as n, count(distinct invited) as invited,
            count(distinct member_id) as inviters
        from inviters group by 1, 2
    ), counted as (
        select group_id, n, coalesce(messages, 0) as messages, coalesce(interactions, 0) as interactions,
            member_days, case when posted.n is null then 0 else coalesce(reached, 0) end as reached,
            coalesce(clickers, 0) as clickers, coalesce(sharers, 0) as sharers, coalesce(buyers, 0) as buyers,
            coalesce(cohort_7d, 0) as cohort_7d, coalesce(retained_7d, 0) as retained_7d,
            coalesce(cohort_30d, 0) as cohort_30d, coalesce(retained_30d, 0) as retained_30d,
            coalesce(invited, 0) as invited, coalesce(inviters, 0) as inviters,
            coalesce(week_messages, 0) as week_messages, coalesce(members, 0) as members
        from presence
        left join posted using (group_id, n) left join sums using (group_id, n)
        left join weeks using (group_id, n) left join actors using (group_id, n)
        left join cohorts using (group_id, n) left join invitations using (group_id, n)
    )
"""  # noqa: S608 constants only

_FIGURES = (
    "messages",
    "interactions",
    "member_days",
    "reached",
    "clickers",
    "sharers",
    "buyers",
    "cohort_7d",
    "retained_7d",
    "cohort_30d",
    "retained_30d",
    "invited",
    "inviters",
    "week_messages",
    "members",
)
_MADE_OF: Mapping[IndicatorKind, Sequence[str]] = {
    IndicatorKind.MESSAGES_PER_DAY: ("messages",),
    IndicatorKind.INTERACTIONS_PER_MEMBER_DAY: ("interactions", "member_days"),
    IndicatorKind.CLICK_RATE: ("clickers", "reached"),
    IndicatorKind.ORDER_RATE: ("buyers", "clickers"),
    IndicatorKind.RETENTION_7D: ("retained_7d", "cohort_7d"),
    IndicatorKind.RETENTION_30D: ("retained_30d", "cohort_30d"),
    IndicatorKind.SHARE_RATE: ("sharers", "reached"),
    IndicatorKind.INVITE_COEFFICIENT: ("invited", "inviters"),
}


def _by_group(groups: Mapping[str, str], figures: Sequence[str] = _FIGURES) -> TextClause:
    columns = ", ".join(f"cast({it} as bigint) as {it}" for it in figures)
    counted = _COUNTED.format(**groups)
    return text(f"{counted} select group_id, {columns} from counted order by group_id, n")  # noqa: S608 constants only


_SUMS = ", ".join(f"cast(sum({it}) as bigint) as {it}" for it in _FIGURES)

OF_GROUPS = _by_group(_GIVEN)
OF_ALL_GROUPS = _by_group(_ALL)
OF_ALL_GROUPS_BY_KIND = {kind: _by_group(_ALL, figures) for kind, figures in _MADE_OF.items()}
OF_TENANT = text(f"""
    {_COUNTED.format(**_ALL)} select count(*) as groups, {_SUMS} from counted group by n order by n
""")  # noqa: S608 constants only
