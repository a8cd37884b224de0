"""Lists of members that call for attention, one statement each."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.tiers import PAID
from segmentation.adapters.totals import total_of
from segmentation.domain.activity import INTERACTIONS
from segmentation.domain.policy import Tier
from segmentation.domain.profile import LossKind, LostCustomer, MultiGroupMember

_YEAR = timedelta(days=365)
_KINDS = ", ".join(str(int(kind)) for kind in sorted(INTERACTIONS))

_SEVERAL = """
    (select member_id, array_agg(distinct group_id) as group_ids, count(distinct group_id) as groups
     from memberships where left_at is null
     group by member_id having count(distinct group_id) >= :min_groups) as present
"""
# Who is in no group any more is not silent as well, whatever else they do.
_LOST = f"""
    (with vips as (
        select member_id, max(vip_until) as vip_until
        from (
            select member_id, assigned_at as vip_until from tier_assignments
            where previous_tier = {Tier.VIP:d} and assigned_at > :vip_since
            union all
            select member_id, cast(:now as timestamptz) from member_tiers where tier = {Tier.VIP:d}
        ) as held group by member_id
    ), losses as (
        select v.member_id, v.vip_until,
            case when stays.away then {LossKind.LEFT:d} else {LossKind.SILENT:d} end as kind,
            case when stays.away then stays.left_at else coalesce(spoken.at, m.first_seen_at) end as since
        from vips v join members m on m.member_id = v.member_id
        left join lateral (
            select bool_and(left_at is not null) as away, max(left_at) as left_at
            from memberships where member_id = v.member_id
        ) as stays on true
        left join lateral (
            select occurred_at as at from activities
            where member_id = v.member_id and kind in ({_KINDS}) order by occurred_at desc limit 1
        ) as spoken on not coalesce(stays.away, false)
    )
    select l.member_id, l.kind, l.since, l.vip_until, coalesce(spend.net_minor, 0) as net_minor
    from losses l
    left join lateral (
        select cast(sum(paid_minor - refunded_minor) as bigint) as net_minor from orders
        where member_id = l.member_id and {PAID} and paid_at > l.since - cast(:year as interval)
          and paid_at <= l.since
    ) as spend on true
    where (l.kind = {LossKind.LEFT:d} or l.since <= :silent_since)
      and (cast(:kind as smallint) is null or l.kind = :kind)) as lost
"""  # noqa: S608 constants only


class SqlProfiles:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    async def in_several_groups(self, request: PageRequest, min_groups: int) -> Page[MultiGroupMember]:
        parameters: dict[str, Any] = {"min_groups": min_groups}
        total = await total_of(self._connection, request, _SEVERAL, parameters)
        after = ""
        if request.after:
            parameters["groups"], parameters["id"] = request.place(int, UUID)
            after = "where groups < :groups or groups = :groups and member_id > :id"
        statement = text(f"select * from {_SEVERAL} {after} order by groups desc, member_id limit :limit")  # noqa: S608
        rows = await self._connection.execute(statement, parameters | {"limit": request.first + 1})
        return page_of(
            [MultiGroupMember(row.member_id, row.group_ids) for row in rows], request, _breadth, total
        )

    async def lost(
        self, request: PageRequest, kind: LossKind | None, silent_days: int, now: datetime
    ) -> Page[LostCustomer]:
        parameters: dict[str, Any] = {
            "kind": kind,
            "now": now,
            "year": _YEAR,
            "vip_since": now - _YEAR,
            "silent_since": now - timedelta(days=silent_days),
        }
        total = await total_of(self._connection, request, _LOST, parameters)
        after = ""
        if request.after:
            parameters["net_minor"], parameters["id"] = request.place(int, UUID)
            after = "where net_minor < :net_minor or net_minor = :net_minor and member_id > :id"
        statement = text(f"select * from {_LOST} {after} order by net_minor desc, member_id limit :limit")  # noqa: S608
        rows = await self._connection.execute(statement, parameters | {"limit": request.first + 1})
        lost = [
            LostCustomer(row.member_id, LossKind(row.kind), row.since, row.vip_until, row.net_minor)
            for row in rows
        ]
        return page_of(lost, request, _value, total)


def _breadth(member: MultiGroupMember) -> tuple[int, UUID]:
    return len(member.group_ids), member.member_id


def _value(lost: LostCustomer) -> tuple[int, UUID]:
    return lost.net_spend_minor, lost.member_id
