"""Keeping segments true, set-based: one statement decides, stores and says what moved."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from chassis.database import Session
from segmentation.adapters.conditions import CHOSEN, compile_conditions
from segmentation.adapters.segments import DROPPED, LIVE
from segmentation.application.segment_ports import Kept, Moved
from segmentation.domain.conditions import size
from segmentation.domain.policy import TierPolicy
from segmentation.domain.segments import Generation

# Of all conditions in one statement: a row of PostgreSQL has at most 1,600 columns, a test needs six at most.
MAX_NODES = 300
# Up to so many members are looked at one by one, by a plan made once. For more, one of their own pays.
FEW = 300
_PLANNED_EACH_TIME = text("select set_config('plan_cache_mode', 'force_custom_plan', true)")
_PLANNED_ONCE = text("select set_config('plan_cache_mode', 'auto', true)")

_HOLD = text("""
    select 1 from members where member_id = any(cast(:member_ids as uuid[])) order by member_id for share
""")
_HOLD_NEXT = text("""
    select member_id from members where member_id > :after order by member_id limit :limit for update
""")
# Members who are gone have nobody to hold, and are looked at all the same.
_HOLD_DUE = text("""
    with due as materialized (
        select member_id from segment_due where due_at <= :now order by due_at limit :limit
    ), held as (
        select member_id from members where member_id in (select member_id from due)
        order by member_id for update skip locked
    )
    select member_id from held
    union all
    select member_id from due where not exists (select from members m where m.member_id = due.member_id)
""")
# The whole seconds after: as exact as timers are.
_NEXT_DUE = text("""
    select distinct date_trunc('second', due_at + interval '0.999999 seconds')
    from segment_due where due_at <= :until
""")
_FORGET = text("delete from segment_due where member_id = any(cast(:member_ids as uuid[]))")
_LOOK_AGAIN = text(f"""
    with marked as (
        insert into segment_due (tenant_id, member_id, due_at)
        select :tenant_id, member_id, :now from unnest(cast(:member_ids as uuid[])) as touched (member_id)
        where exists (select from segment_generations where state <> {DROPPED})
        order by member_id
        on conflict (tenant_id, member_id) do update set due_at = least(segment_due.due_at, excluded.due_at)
        returning 1
    )
    select exists (select from marked)
""")  # noqa: S608 constants only

# Judgements are arrays: rows of values would have their expressions prepared anew for every member.
# A member who is gone belongs to nothing. Whoever is in a segment by the condition before entered then.
_KEEP = """
    with judged as materialized (
        select asked.member_id, g.*
        from unnest(cast(:member_ids as uuid[])) as asked (member_id)
        left join (select * from members where {chosen}) as m on m.member_id = asked.member_id {joins}
        cross join lateral unnest(
            cast(:segment_ids as uuid[]), cast(:numbers as integer[]), array[{holds}], array[{due_at}]
        ) with ordinality as g (segment_id, generation, holds, due_at, place)
    ), changes as materialized (
        select j.place, j.segment_id, j.generation, j.member_id, j.holds
        from judged j left join (select * from segment_members where {chosen}) as c
            using (segment_id, generation, member_id)
        where j.holds <> (c.member_id is not null)
    ), entered as (
        insert into segment_members (tenant_id, segment_id, generation, member_id, entered_at)
        select :tenant_id, segment_id, generation, member_id, coalesce(
            (select o.entered_at from segment_generations g join segment_members o
                on o.segment_id = g.segment_id and o.generation = g.number
             where g.segment_id = x.segment_id and g.state = {live} and o.member_id = x.member_id), :now)
        from changes x where holds
    ), gone as (
        delete from segment_members c using changes x
        where not x.holds and c.segment_id = x.segment_id and c.generation = x.generation
          and c.member_id = x.member_id
    ), dues as materialized (
        select member_id, min(due_at) as due_at from judged group by member_id
    ), timed as (
        insert into segment_due (tenant_id, member_id, due_at)
        select :tenant_id, member_id, due_at from dues where due_at is not null order by member_id
        on conflict (tenant_id, member_id) do update set due_at = excluded.due_at
        where segment_due.due_at <> excluded.due_at
          and (:all_in_force or segment_due.due_at > excluded.due_at)
        returning due_at
    ), untimed as (
        delete from segment_due d using dues
        where :all_in_force and dues.due_at is null and d.member_id = dues.member_id
    )
    select place, array_agg(member_id order by member_id) filter (where holds) as entered,
        array_agg(member_id order by member_id) filter (where not holds) as gone,
        cast(null as timestamptz[]) as due_at
    from changes group by place
    union all
    select null, null, null, array_agg(distinct due_at) from timed
"""
# In one order, so that two transactions cannot deadlock.
_RESIZE = text("""
    with held as materialized (
        select g.segment_id, g.number, change.by
        from unnest(cast(:ids as uuid[]), cast(:numbers as integer[]), cast(:by as integer[]))
            as change (segment_id, number, by) join segment_generations g using (segment_id, number)
        order by g.segment_id, g.number for update of g
    )
    update segment_generations g set size = g.size + held.by
    from held where g.segment_id = held.segment_id and g.number = held.number
""")


class SqlSegmentUpkeep:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def hold_next(self, after: UUID, limit: int) -> Sequence[UUID]:
        parameters = {"after": after, "limit": limit}
        return (await self._connection.execute(_HOLD_NEXT, parameters)).scalars().all()

    async def hold_due(self, now: datetime, limit: int) -> Sequence[UUID]:
        parameters = {"now": now, "limit": limit}
        return (await self._connection.execute(_HOLD_DUE, parameters)).scalars().all()

    async def next_due(self, until: datetime) -> Sequence[datetime]:
        return (await self._connection.execute(_NEXT_DUE, {"until": until})).scalars().all()

    async def keep(
        self,
        generations: Sequence[Generation],
        member_ids: Sequence[UUID],
        policy: TierPolicy,
        now: datetime,
        *,
        all_in_force: bool,
    ) -> Kept:
        moved: list[Moved] = []
        due_at: list[datetime] = []
        few = len(member_ids) <= FEW
        if not few:
            await self._connection.execute(_PLANNED_EACH_TIME)
        for pack in _packs(generations):
            conditions = [it.condition for it in pack]
            compiled = compile_conditions(conditions, policy, CHOSEN, timed=True, singly=few)
            parameters: dict[str, Any] = compiled.parameters(now) | {
                "tenant_id": self._tenant_id,
                "member_ids": list(member_ids),
                "segment_ids": [it.segment_id for it in pack],
                "numbers": [it.number for it in pack],
                "all_in_force": all_in_force and pack[0] is generations[0],
            }
            statement = _keep(compiled.joins, tuple(compiled.holds), tuple(compiled.due_at))
            for row in await self._connection.execute(statement, parameters):
                if row.place is None:
                    due_at += row.due_at or ()
                else:
                    moved.append(Moved(pack[row.place - 1], row.entered or (), row.gone or ()))
        if not few:
            await self._connection.execute(_PLANNED_ONCE)
        await self._resize(moved)
        return Kept(moved, due_at)

    async def _resize(self, moved: Sequence[Moved]) -> None:
        changes = [(it.generation, len(it.entered) - len(it.left)) for it in moved]
        changes = [(generation, by) for generation, by in changes if by]
        if changes:
            parameters = {
                "ids": [generation.segment_id for generation, _ in changes],
                "numbers": [generation.number for generation, _ in changes],
                "by": [by for _, by in changes],
            }
            await self._connection.execute(_RESIZE, parameters)

    async def forget(self, member_ids: Sequence[UUID]) -> None:
        await self._connection.execute(_FORGET, {"member_ids": list(member_ids)})

    async def look_again(self, member_ids: Sequence[UUID], now: datetime) -> bool:
        parameters: dict[str, Any] = {"member_ids": list(member_ids)}
        await self._connection.execute(_HOLD, parameters)
        parameters |= {"tenant_id": self._tenant_id, "now": now}
        return bool((await self._connection.execute(_LOOK_AGAIN, parameters)).scalar_one())


def _packs(generations: Sequence[Generation]) -> Iterator[list[Generation]]:
    """As few as have no more than MAX_NODES each."""
    pack: list[Generation] = []
    nodes = 0
    for generation in generations:
        nodes += size(generation.condition)
        if pack and nodes > MAX_NODES:
            yield pack
            pack, nodes = [], size(generation.condition)
        pack.append(generation)
    yield pack


@lru_cache(maxsize=64)
def _keep(joins: str, holds: tuple[str, ...], due_at: tuple[str, ...]) -> TextClause:
    judgements = {
        "holds": ", ".join(f"m.member_id is not null and {it}" for it in holds),
        "due_at": ", ".join(f"case when m.member_id is not null then {it} end" for it in due_at),
    }
    return text(_KEEP.format(chosen=CHOSEN, joins=joins, live=LIVE, **judgements))
