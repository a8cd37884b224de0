"""Daily facts read from PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from segmentation.domain.member import DailyFacts
from segmentation.domain.windows import Window

# Who joined, left or was present comes from the stays: they may be corrected by what arrives late. How many
# are present is a running sum: a stay adds on its first day that no earlier one covers, and subtracts after
# its last.
_DAILY = text("""
    with stays as (
        select group_id, join_recorded, joined_on, left_on,
            greatest(joined_on, cast(:first as date), lag(left_on) over earlier + 1) as day_in,
            least(left_on, cast(:last as date)) + 1 as day_out
        from memberships cross join lateral (
            select cast(joined_at at time zone :zone as date) as joined_on,
                cast(left_at at time zone :zone as date) as left_on) as days
        where group_id = any(cast(:group_ids as uuid[])) and joined_at < :ends_at
          and (left_at is null or left_at >= :starts_at)
        window earlier as (partition by group_id, member_id order by joined_at)
    ), edges as (
        select group_id, local_date, sum(change) as change
        from stays cross join lateral (values (day_in, 1), (day_out, -1)) as edge (local_date, change)
        group by group_id, local_date
    ), moves as (
        select group_id, joined_on as local_date, count(*) filter (where join_recorded) as joined, 0 as "left"
        from stays where joined_on >= :first group by 1, 2
        union all
        select group_id, left_on, 0, count(*) from stays where left_on <= :last group by 1, 2
    ), moved as (
        select group_id, local_date, sum(joined) as joined, sum("left") as "left" from moves group by 1, 2
    ), facts as (
        select group_id, local_date, messages, interactions, clicks, shares, orders, net_spend_minor
        from daily_facts
        where group_id = any(cast(:group_ids as uuid[])) and local_date between :first and :last
    ), days as (
        select *, true as has_facts from facts full join moved using (group_id, local_date)
    ), counted as (
        select *, sum(change) over (partition by group_id order by local_date) as present
        from days full join edges using (group_id, local_date)
    )
    select group_id, local_date, coalesce(messages, 0) as messages, coalesce(interactions, 0) as interactions,
        cast(coalesce(present, 0) as integer) as present, coalesce(joined, 0) as joined,
        coalesce("left", 0) as "left", coalesce(clicks, 0) as clicks, coalesce(shares, 0) as shares,
        coalesce(orders, 0) as orders, coalesce(net_spend_minor, 0) as net_minor
    from counted where has_facts order by group_id, local_date
""")


class SqlFacts:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    async def daily(self, group_ids: Sequence[UUID], window: Window) -> Sequence[DailyFacts]:
        rows = await self._connection.execute(_DAILY, _bounds(group_ids, window))
        return [
            DailyFacts(
                group_id=row.group_id,
                date=row.local_date.isoformat(),
                messages=row.messages,
                interactions=row.interactions,
                members_present=row.present,
                joined=int(row.joined),
                left=int(row.left),
                clicks=row.clicks,
                shares=row.shares,
                orders=row.orders,
                net_spend_minor=row.net_minor,
            )
            for row in rows
        ]


def _bounds(group_ids: Sequence[UUID], window: Window) -> dict[str, Any]:
    return {
        "group_ids": list(group_ids),
        "zone": window.zone.key,
        "first": window.first,
        "last": window.last,
        "starts_at": window.starts_at,
        "ends_at": window.ends_at,
    }
