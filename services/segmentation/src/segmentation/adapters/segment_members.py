"""Who is in which segment, in PostgreSQL."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest
from segmentation.adapters.conditions import EVERYBODY, FIRST, compile_conditions
from segmentation.adapters.lists import of_each, pages
from segmentation.adapters.segments import LIVE
from segmentation.application.segment_ports import Part, Preview
from segmentation.domain.conditions import Condition
from segmentation.domain.estimates import estimate
from segmentation.domain.policy import TierPolicy
from segmentation.domain.segments import Generation, SegmentMember

_LIVE = f"""
    segment_members c join segment_generations g
        on g.segment_id = c.segment_id and g.number = c.generation and g.state = {LIVE}
"""
_OF_SEGMENT = f"{_LIVE} where c.segment_id = asked.id"
_PAGES = {
    after: of_each(f"select c.member_id, c.entered_at from {_OF_SEGMENT} {place}", order="member_id")  # noqa: S608 constants only
    for after, place in ((False, ""), (True, "and c.member_id > :after"))
}
_OF_MEMBERS = text(f"""
    select c.segment_id, c.member_id, c.entered_at
    from {_LIVE} join segments s on s.segment_id = c.segment_id
    where c.member_id = any(cast(:member_ids as uuid[])) order by c.member_id, c.segment_id
""")  # noqa: S608 constants only
# One statement, so one moment; the segment itself has a row even if nobody is in it.
_STREAM = text(f"""
    select g.version, g.size, c.member_id
    from segments s
    left join segment_generations g on g.segment_id = s.segment_id and g.state = {LIVE}
    left join segment_members c on c.segment_id = g.segment_id and c.generation = g.number
    where s.segment_id = :segment_id order by c.member_id
""")  # noqa: S608 constants only
# Hash tables of all who are looked at have to fit. Which tenant's rows these are an index is asked once, a
# sequential scan once per row: that takes longer than the rest, and the planner does not know. It expects too
# few to meet a test, and so would look up the others one by one. A preview leaves the other cores to others.
_PLANNING = text("""
    select set_config('work_mem', '64MB', true), set_config('enable_seqscan', 'off', true),
        set_config('enable_nestloop', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)
""")
# In a larger tenant a preview looks at about so many, by id: ids are hashes, so these are as good as any.
LOOKED_AT = 100_000
_MEMBERS = text("select count(*) from members")
_PREVIEW = """
    with met as materialized (
        select m.member_id from (select * from members where {among}) as m {joins} where {holds}
    )
    select (select count(*) from met) as met, (select count(*) from members where {among}) as looked_at,
        array(select member_id from met limit :sample) as sample
"""
_DIFFERENCE = text("""
    select member_id from segment_members n
    where segment_id = :segment_id and generation = :number and member_id > :after
      and not exists (select from segment_members o where o.segment_id = n.segment_id
                      and o.generation = :without and o.member_id = n.member_id)
    order by member_id limit :limit
""")
_CLEAR = text("""
    with cleared as (
        delete from segment_members where (tenant_id, segment_id, generation, member_id) in (
            select tenant_id, segment_id, generation, member_id from segment_members
            where segment_id = :segment_id and generation = :number limit :limit)
        returning 1
    )
    delete from segment_generations
    where segment_id = :segment_id and number = :number and (select count(*) from cleared) < :limit
""")


class SqlSegmentMembers:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    async def of_segments(
        self, segment_ids: Sequence[UUID], request: PageRequest
    ) -> Mapping[UUID, Page[SegmentMember]]:
        place = {"after": request.place(UUID)[0]} if request.after else {}
        statement = _PAGES[bool(request.after)]
        return await pages(
            self._connection, segment_ids, request, statement, place, _of_segment, _key, _OF_SEGMENT
        )

    async def of_members(self, member_ids: Sequence[UUID]) -> Sequence[SegmentMember]:
        rows = await self._connection.execute(_OF_MEMBERS, {"member_ids": list(member_ids)})
        return [SegmentMember(*row) for row in rows]

    async def stream(self, segment_id: UUID, size: int) -> AsyncIterator[Part]:
        rows = await self._connection.stream(_STREAM, {"segment_id": segment_id})
        async for part in rows.partitions(size):
            first = part[0]
            yield Part(first.version or 0, first.size or 0, [row.member_id for row in part if row.member_id])

    async def preview(self, condition: Condition, policy: TierPolicy, sample: int, now: datetime) -> Preview:
        await self._connection.execute(_PLANNING)
        of_members = (await self._connection.execute(_MEMBERS)).scalar_one()
        parameters: dict[str, Any] = {"sample": sample}
        among = EVERYBODY
        if of_members > LOOKED_AT:
            among, parameters["before"] = FIRST, UUID(int=2**128 * LOOKED_AT // of_members)
        compiled = compile_conditions([condition], policy, among)
        statement = text(_PREVIEW.format(among=among, joins=compiled.joins, holds=compiled.holds[0]))
        row = (await self._connection.execute(statement, compiled.parameters(now) | parameters)).one()
        if among == EVERYBODY:
            of_members = row.looked_at
        return Preview(*estimate(row.met, row.looked_at, of_members), of_members, row.sample)

    async def difference(
        self, of: Generation, without: Generation | None, after: UUID, limit: int
    ) -> Sequence[UUID]:
        parameters = {
            "segment_id": of.segment_id,
            "number": of.number,
            "without": without.number if without else 0,
            "after": after,
            "limit": limit,
        }
        return (await self._connection.execute(_DIFFERENCE, parameters)).scalars().all()

    async def clear(self, generation: Generation, limit: int) -> None:
        parameters = {"segment_id": generation.segment_id, "number": generation.number, "limit": limit}
        await self._connection.execute(_CLEAR, parameters)


def _of_segment(row: Row[Any]) -> SegmentMember:
    return SegmentMember(row.asked_id, row.member_id, row.entered_at)


def _key(member: SegmentMember) -> tuple[UUID]:
    return (member.member_id,)
