"""Stays in PostgreSQL, derived set-based by the rules of domain/membership.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from segmentation.domain.activity import ActivityKind
from segmentation.domain.events import MemberJoinedGroup, MemberLeftGroup
from segmentation.domain.member import Membership

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from chassis.database import Session
    from segmentation.domain.activity import Touched

# Stays change only where somebody moved, or was seen outside the known stays: `stale`.
# A stay is what lies between two leavings; a repeated leaving (alone, and not the first) is none.
_REBUILD = text("""
    with touched as (
        select * from unnest(cast(:member_ids as uuid[]), cast(:group_ids as uuid[]),
                             cast(:moved as boolean[]), cast(:first_at as timestamptz[]),
                             cast(:last_at as timestamptz[]))
             as touched (member_id, group_id, moved, first_at, last_at)
    ), stale as (
        select member_id, group_id from touched t
        where moved or not exists (
            select from memberships s
            where s.member_id = t.member_id and s.group_id = t.group_id
              and s.joined_at <= t.first_at and (s.left_at is null or s.left_at >= t.last_at))
    ), signs as (
        select a.member_id, a.group_id, a.kind, a.activity_id, a.occurred_at, a.invited_by_id,
            count(*) filter (where a.kind = 2) over (
                partition by a.member_id, a.group_id order by a.occurred_at, a.kind = 2, a.activity_id
                rows between unbounded preceding and 1 preceding) as leavings
        from stale join activities a on a.member_id = stale.member_id and a.group_id = stale.group_id
        where a.kind not in (10, 11)
    ), stays as (
        select member_id, group_id, min(occurred_at) as joined_at,
            max(occurred_at) filter (where kind = 2) as left_at,
            min(occurred_at) filter (where kind = 1) as recorded_at,
            (array_agg(invited_by_id order by occurred_at, activity_id) filter (where kind = 1))[1]
                as invited_by_id
        from signs group by member_id, group_id, leavings
        having leavings = 0 or bool_or(kind <> 2)
    ), dropped as (
        delete from memberships s using stale
        where s.member_id = stale.member_id and s.group_id = stale.group_id
          and not exists (select from stays n where n.member_id = s.member_id and n.group_id = s.group_id
                                                and n.joined_at = s.joined_at)
    ), kept as (
        insert into memberships
            (tenant_id, member_id, group_id, joined_at, left_at, join_recorded, invited_by_id)
        select :tenant_id, member_id, group_id, joined_at, left_at, recorded_at is not null, invited_by_id
        from stays
        on conflict (tenant_id, member_id, group_id, joined_at) do update
        set left_at = excluded.left_at, join_recorded = excluded.join_recorded,
            invited_by_id = excluded.invited_by_id
        where (memberships.left_at, memberships.join_recorded, memberships.invited_by_id)
            is distinct from (excluded.left_at, excluded.join_recorded, excluded.invited_by_id)
    )
    select distinct a.kind, a.member_id, a.group_id, a.occurred_at, n.invited_by_id
    from activities a
    join stays n on n.member_id = a.member_id and n.group_id = a.group_id
                and (a.kind = 1 and a.occurred_at = n.recorded_at or a.kind = 2 and a.occurred_at = n.left_at)
    where a.activity_id = any(cast(:move_ids as uuid[]))
    order by a.occurred_at, a.kind, a.member_id
""")
_OF_MEMBERS = text("""
    select member_id, group_id, joined_at, left_at, invited_by_id from memberships
    where member_id = any(cast(:member_ids as uuid[])) order by member_id, joined_at, group_id
""")


class SqlMemberships:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def rebuild(self, touched: Sequence[Touched]) -> Sequence[MemberJoinedGroup | MemberLeftGroup]:
        inside = [one for one in touched if one.group_id and one.first_at]
        if not inside:
            return []
        parameters = {
            "tenant_id": self._tenant_id,
            "member_ids": [one.member_id for one in inside],
            "group_ids": [one.group_id for one in inside],
            "moved": [bool(one.move_ids) for one in inside],
            "first_at": [one.first_at for one in inside],
            "last_at": [one.last_at for one in inside],
            "move_ids": [move_id for one in inside for move_id in one.move_ids],
        }
        return [
            MemberJoinedGroup(row.member_id, row.group_id, row.occurred_at, row.invited_by_id)
            if row.kind == ActivityKind.JOINED
            else MemberLeftGroup(row.member_id, row.group_id, row.occurred_at)
            for row in await self._connection.execute(_REBUILD, parameters)
        ]

    async def of_members(self, member_ids: Sequence[UUID]) -> Sequence[Membership]:
        rows = await self._connection.execute(_OF_MEMBERS, {"member_ids": list(member_ids)})
        return [
            Membership(row.member_id, row.group_id, row.joined_at, row.left_at, row.invited_by_id)
            for row in rows
        ]
