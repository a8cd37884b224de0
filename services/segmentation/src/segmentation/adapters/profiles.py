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

# At most one stay of a member in a group is open.
_SEVERAL = """
    (select member_id, count(*) as groups from memberships where left_at is null
     group by member_id having count(*) >= :min_groups) as present
"""
_SEVERAL_PAGE = f"""
    select member_id, groups, array(select group_id from memberships s
                                    where s.member_id = found.member_id and left_at is null
                                    order by group_id) as group_ids
    from (select * from {_SEVERAL} {{after}} order by groups desc, member_id limit :limit) as found
    order by groups desc, member_id
"""  # noqa: S608 constants only
# Who is in no group any more is not silent as well. When it began is looked up for the page only.
_LOST = f"""
    (with vips as (
        select member_id, max(vip_until) as vip_until
        from (
            select member_id, assigned_at as vip_until from tier_assignments
            where previous_tier = {Tier.VIP:d} and assigned_at > :vip_since and assigned_at <= :now
            union all
            select member_id, cast(:now as timestamptz) from member_tiers where tier = {Tier.VIP:d}
        ) as held group by member_id
    ), placed as (
        select v.*, m.first_seen_at,
            not exists (select from memberships s where s.member_id = v.member_id and s.left_at is null)
            and exists (select from memberships s where s.member_id = v.member_id) as away
        from vips v join members m using (member_id)
    ), losses as (
        select *, case when away then {LossKind.LEFT:d} else {LossKind.SILENT:d} end as kind from placed
        where away or not exists (
            select from activities a
            where a.member_id = placed.member_id and a.kind in ({_KINDS}) and a.occurred_at > :silent_since
              and a.occurred_at <= :now) and first_seen_at <= :silent_since
    )
    select l.member_id, l.kind, l.vip_until, l.first_seen_at, coalesce(spend.net_minor, 0) as net_minor
    from losses l
    left join lateral (
        select cast(sum(paid_minor - refunded_minor) as bigint) as net_minor from orders
        where member_id = l.member_id and {PAID} and paid_at > :vip_since and paid_at <= :now
    ) as spend on true
    where cast(:kind as smallint) is null or l.kind = :kind) as lost
"""  # noqa: S608 constants only
_LOST_PAGE = f"""
    select found.*, case when found.kind = {LossKind.LEFT:d} then
            (select max(left_at) from memberships where member_id = found.member_id)
        else coalesce(
            (select occurred_at from activities where member_id = found.member_id and kind in ({_KINDS})
             order by occurred_at desc limit 1), first_seen_at) end as since
    from (select * from {_LOST} {{after}} order by net_minor desc, member_id limit :limit) as found
    order by net_minor desc, member_id
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
        statement = text(_SEVERAL_PAGE.format(after=after))
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
            "vip_since": now - _YEAR,
            "silent_since": now - timedelta(days=silent_days),
        }
        total = await total_of(self._connection, request, _LOST, parameters)
        after = ""
        if request.after:
            parameters["net_minor"], parameters["id"] = request.place(int, UUID)
            after = "where net_minor < :net_minor or net_minor = :net_minor and member_id > :id"
        statement = text(_LOST_PAGE.format(after=after))
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
