"""Daily facts read from PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from segmentation.domain.member import DailyFacts
from segmentation.domain.windows import Window

# Who joined, left or was present comes from the stays: they may be corrected by what arrives late.
_DAILY = text("""
    with stays as (
        select group_id, member_id, join_recorded, cast(joined_at at time zone :zone as date) as joined_on,
            cast(left_at at time zone :zone as date) as left_on
        from memberships
        where group_id = any(cast(:group_ids as uuid[])) and joined_at < :ends_at
          and (left_at is null or left_at >= :starts_at)
    ), moves as (
        select group_id, joined_on as local_date, count(*) filter (where join_recorded) as joined, 0 as "left"
        from stays where joined_on >= :first group by 1, 2
        union all
        select group_id, left_on, 0, count(*) from stays where left_on <= :last group by 1, 2
    ), moved as (
        select group_id, local_date, sum(joined) as joined, sum("left") as "left" from moves group by 1, 2
    ), facts as (
        select * from daily_facts
        where group_id = any(cast(:group_ids as uuid[])) and local_date between :first and :last
    )
    select group_id, local_date, coalesce(messages, 0) as messages, coalesce(interactions, 0) as interactions,
        (select count(distinct s.member_id) from stays s
         where s.group_id = day.group_id and s.joined_on <= day.local_date
           and (s.left_on is null or s.left_on >= day.local_date)) as present,
        coalesce(joined, 0) as joined, coalesce("left", 0) as "left",
        coalesce(clicks, 0) as clicks, coalesce(shares, 0) as shares, coalesce(orders, 0) as orders,
        coalesce(net_spend_minor, 0) as net_minor
    from (select * from facts full join moved using (group_id, local_date)) as day
    order by group_id, local_date
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
