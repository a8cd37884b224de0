"""Stays in PostgreSQL, derived set-based by the rules of domain/membership.py."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from segmentation.adapters.work_mem import WORK_MEM
from segmentation.domain.activity import ActivityKind, Recorded
from segmentation.domain.events import MemberJoinedGroup, MemberLeftGroup
from segmentation.domain.member import Membership

# A stay is what lies between two leavings; a repeated leaving (alone, and not the first) is none.
_SIGNS = """
    select member_id, group_id, kind, activity_id, occurred_at, invited_by_id,
        count(*) filter (where kind = 2) over (
            partition by member_id, group_id order by occurred_at, kind = 2, activity_id
            rows between unbounded preceding and 1 preceding) as leavings
"""
# What stays say of the time before the oldest activity that is kept stands in for the activities of then.
_BEFORE = """
    select member_id, group_id, case when join_recorded then 1 else 3 end as kind,
        cast(null as uuid) as activity_id, joined_at as occurred_at, invited_by_id
    from memberships where joined_at < (select kept_since())
    union all
    select member_id, group_id, 2, null, left_at, null
    from memberships where joined_at < (select kept_since()) and left_at < (select kept_since())
"""
_STAYS = """
    select member_id, group_id, min(occurred_at) as joined_at,
        max(occurred_at) filter (where kind = 2) as left_at,
        min(occurred_at) filter (where kind = 1) as recorded_at,
        (array_agg(invited_by_id order by occurred_at, activity_id) filter (where kind = 1))[1]
            as invited_by_id
    from signs group by member_id, group_id, leavings
    having leavings = 0 or bool_or(kind <> 2)
"""
_KEEP = """
    insert into memberships
        (tenant_id, member_id, group_id, joined_at, left_at, join_recorded, invited_by_id)
    select :tenant_id, member_id, group_id, joined_at, left_at, recorded_at is not null, invited_by_id
    from stays
    on conflict (tenant_id, member_id, group_id, joined_at) do update
    set left_at = excluded.left_at, join_recorded = excluded.join_recorded,
        invited_by_id = excluded.invited_by_id
    where (memberships.left_at, memberships.join_recorded, memberships.invited_by_id)
        is distinct from (excluded.left_at, excluded.join_recorded, excluded.invited_by_id)
"""
# `offset 0` and `is not distinct from` keep the planner on the index of the member, whatever it believes the
# size of the tenant to be. All that a member did lies between first and last sight: other months are left.
_REBUILD = text(f"""
    with unsettled as (
        select pair.*, coalesce(first_seen_at, '-infinity') as first_seen_at,
            coalesce(last_seen_at, 'infinity') as last_seen_at
        from unnest(cast(:member_ids as uuid[]), cast(:group_ids as uuid[])) as pair (member_id, group_id)
        left join lateral (
            select first_seen_at, last_seen_at from members where member_id = pair.member_id offset 0
        ) as m on true
    ), signs as (
        {_SIGNS}
        from unsettled cross join lateral (
            (select kind, activity_id, occurred_at, invited_by_id from activities
             where member_id = unsettled.member_id and group_id is not distinct from unsettled.group_id
               and occurred_at between unsettled.first_seen_at and unsettled.last_seen_at
               and kind not in (10, 11) offset 0)
            union all
            (select kind, activity_id, occurred_at, invited_by_id from ({_BEFORE}) as b
             where b.member_id = unsettled.member_id and b.group_id = unsettled.group_id)) as a
    ), stays as ({_STAYS}), dropped as (
        delete from memberships where ctid = any(array(
            select s.ctid
            from unsettled cross join lateral (
                select ctid, joined_at from memberships
                where member_id = unsettled.member_id and group_id = unsettled.group_id offset 0) as s
            where not exists (select from stays n where n.member_id = unsettled.member_id
                              and n.group_id = unsettled.group_id and n.joined_at = s.joined_at)))
    ), kept as ({_KEEP}), moves as materialized (
        select * from unnest(cast(:move_kinds as smallint[]), cast(:moved_ids as uuid[]),
                             cast(:moved_group_ids as uuid[]), cast(:moved_at as timestamptz[]))
            as move (kind, member_id, group_id, occurred_at)
    )
    select distinct m.kind, m.member_id, m.group_id, m.occurred_at, n.invited_by_id
    from moves m join stays n on n.member_id = m.member_id and n.group_id = m.group_id
        and (m.kind = 1 and m.occurred_at = n.recorded_at or m.kind = 2 and m.occurred_at = n.left_at)
    order by m.occurred_at, m.kind, m.member_id
""")  # noqa: S608 constants only
_REBUILD_ALL = text(f"""
    with signs as (
        {_SIGNS}
        from (
            select member_id, group_id, kind, activity_id, occurred_at, invited_by_id from activities
            where group_id is not null and kind not in (10, 11)
            union all {_BEFORE}) as a
    ), stays as materialized ({_STAYS}), dropped as (
        delete from memberships s where not exists (
            select from stays n
            where n.member_id = s.member_id and n.group_id = s.group_id and n.joined_at = s.joined_at)
    ) {_KEEP}
""")  # noqa: S608 constants only
_OF_MEMBERS = text("""
    select member_id, group_id, joined_at, left_at, invited_by_id from memberships
    where member_id = any(cast(:member_ids as uuid[])) order by member_id, joined_at, group_id
""")


class SqlMemberships:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def rebuild(self, recorded: Recorded) -> Sequence[MemberJoinedGroup | MemberLeftGroup]:
        if not recorded.unsettled:
            return []
        member_ids, group_ids = zip(*recorded.unsettled, strict=True)
        parameters = {
            "tenant_id": self._tenant_id,
            "member_ids": list(member_ids),
            "group_ids": list(group_ids),
            "move_kinds": [move.kind for move in recorded.moves],
            "moved_ids": [move.member_id for move in recorded.moves],
            "moved_group_ids": [move.group_id for move in recorded.moves],
            "moved_at": [move.occurred_at for move in recorded.moves],
        }
        return [
            MemberJoinedGroup(row.member_id, row.group_id, row.occurred_at, row.invited_by_id)
            if row.kind == ActivityKind.JOINED
            else MemberLeftGroup(row.member_id, row.group_id, row.occurred_at)
            for row in await self._connection.execute(_REBUILD, parameters)
        ]

    async def rebuild_all(self) -> None:
        await self._connection.execute(WORK_MEM)
        await self._connection.execute(_REBUILD_ALL, {"tenant_id": self._tenant_id})

    async def of_members(self, member_ids: Sequence[UUID]) -> Sequence[Membership]:
        rows = await self._connection.execute(_OF_MEMBERS, {"member_ids": list(member_ids)})
        return [
            Membership(row.member_id, row.group_id, row.joined_at, row.left_at, row.invited_by_id)
            for row in rows
        ]
