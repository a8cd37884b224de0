"""Segments and their generations in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.condition_json import read_condition, write_condition
from segmentation.adapters.totals import total_of
from segmentation.domain.conditions import Condition
from segmentation.domain.segments import Generation, GenerationState, Segment, SegmentStatus

LIVE, FILLED, FILLING, DROPPED = (int(state) for state in GenerationState)

# Whoever goes by the segments shares this lock with the others; whoever replaces one wants it alone.
_SHARE = text("select pg_advisory_xact_lock_shared(hashtextextended('segments/' || :tenant_id, 0))")
_CLAIM = text("select pg_advisory_xact_lock(hashtextextended('segments/' || :tenant_id, 0))")

_GENERATIONS = """
    select segment_id, number, version, cast(condition as text) as condition, state, filled_to,
        exists (select from tag_rules r where r.rule_id = segment_id) as sets_tag
    from segment_generations
"""
_IN_FORCE = text(f"{_GENERATIONS} where state <> {DROPPED} order by segment_id, number")
_UNFINISHED = text(f"""
    {_GENERATIONS} where state <> {LIVE} order by state, filled_to, segment_id, number limit 1
""")

_SEGMENTS = f"""
    select s.segment_id, s.name, cast(s.condition as text) as condition, s.version, s.created_at,
        s.updated_at, coalesce(live.size, 0) as size, next.number is not null as filling,
        case when next.number is null then 1
             else least(next.seen / cast(greatest(next.expected, 1) as float), 0.99) end as progress
    from segments s
    left join segment_generations live on live.segment_id = s.segment_id and live.state = {LIVE}
    left join segment_generations next
        on next.segment_id = s.segment_id and next.state in ({FILLED}, {FILLING})
"""  # noqa: S608 constants only
_BY_IDS = text(f"{_SEGMENTS} where s.segment_id = any(cast(:ids as uuid[])) order by s.name")
_PAGE = {
    after: text(f"{_SEGMENTS} {place} order by s.name, s.segment_id limit :limit")
    for after, place in ((False, ""), (True, "where (s.name, s.segment_id) > (:name, :id)"))
}
_COUNT = text("select count(*) from segments")
_SAVE = text("""
    insert into segments (tenant_id, segment_id, name, condition, version, created_at, updated_at)
    select :tenant_id, :id, cast(:name as text), cast(:condition as jsonb), :version, :created_at, :updated_at
    where not exists (select from segments where name = :name and segment_id <> :id)
    on conflict (tenant_id, segment_id) do update set name = excluded.name, condition = excluded.condition,
        version = excluded.version, updated_at = excluded.updated_at
    returning true
""")
_DROP = text(f"""
    update segment_generations set state = {DROPPED}
    where segment_id = :id and state = any(cast(:states as smallint[]))
""")  # noqa: S608 constants only
_DELETE = text(f"""
    with dropped as (update segment_generations set state = {DROPPED} where segment_id = :id)
    delete from segments where segment_id = :id returning true
""")  # noqa: S608 constants only
_BEGIN = text(f"""
    insert into segment_generations
        (tenant_id, segment_id, number, version, condition, state, size, filled_to, seen, expected)
    select :tenant_id, :id, coalesce(max(number), 0) + 1, :version, cast(:condition as jsonb), {FILLING}, 0,
        :filled_to, 0, (select count(*) from members)
    from segment_generations where segment_id = :id
""")  # noqa: S608 constants only
_ADVANCE = text("""
    update segment_generations g set filled_to = :filled_to, seen = g.seen + :seen, state = :state
    from unnest(cast(:ids as uuid[]), cast(:numbers as integer[])) as filling (segment_id, number)
    where g.segment_id = filling.segment_id and g.number = filling.number
""")
_SHOW = text(f"""
    update segment_generations set state = {LIVE} where segment_id = :id and number = :number
""")  # noqa: S608 constants only


class SqlSegments:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def in_force(self) -> Sequence[Generation]:
        await self._connection.execute(_SHARE, {"tenant_id": str(self._tenant_id)})
        return [_generation(row) for row in await self._connection.execute(_IN_FORCE)]

    async def claim(self) -> None:
        await self._connection.execute(_CLAIM, {"tenant_id": str(self._tenant_id)})

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Segment]:
        return [_segment(row) for row in await self._connection.execute(_BY_IDS, {"ids": list(ids)})]

    async def page(self, request: PageRequest) -> Page[Segment]:
        parameters: dict[str, Any] = {"limit": request.first + 1}
        if request.after:
            parameters["name"], parameters["id"] = request.place(str, UUID)
        rows = await self._connection.execute(_PAGE[bool(request.after)], parameters)
        total = await total_of(self._connection, request, "segments", {})
        return page_of([_segment(row) for row in rows], request, _key, total)

    async def count(self) -> int:
        return int((await self._connection.execute(_COUNT)).scalar_one())

    async def save(self, segment: Segment) -> bool:
        parameters = {
            "tenant_id": self._tenant_id,
            "id": segment.id,
            "name": segment.name,
            "condition": write_condition(segment.condition),
            "version": segment.version,
            "created_at": segment.created_at,
            "updated_at": segment.updated_at,
        }
        return bool((await self._connection.execute(_SAVE, parameters)).scalar())

    async def delete(self, segment_id: UUID) -> bool:
        return bool((await self._connection.execute(_DELETE, {"id": segment_id})).scalar())

    async def begin(self, segment_id: UUID, version: int, condition: Condition) -> None:
        await self._connection.execute(_DROP, {"id": segment_id, "states": [FILLED, FILLING]})
        parameters = {
            "tenant_id": self._tenant_id,
            "id": segment_id,
            "version": version,
            "condition": write_condition(condition),
            "filled_to": UUID(int=0),
        }
        await self._connection.execute(_BEGIN, parameters)

    async def unfinished(self) -> Generation | None:
        row = (await self._connection.execute(_UNFINISHED)).one_or_none()
        return _generation(row) if row else None

    async def advance(
        self, generations: Sequence[Generation], filled_to: UUID, seen: int, *, filled: bool
    ) -> None:
        parameters = {
            "ids": [it.segment_id for it in generations],
            "numbers": [it.number for it in generations],
            "filled_to": filled_to,
            "seen": seen,
            "state": FILLED if filled else FILLING,
        }
        await self._connection.execute(_ADVANCE, parameters)

    async def show(self, generation: Generation) -> None:
        await self._connection.execute(_DROP, {"id": generation.segment_id, "states": [LIVE]})
        parameters = {"id": generation.segment_id, "number": generation.number}
        await self._connection.execute(_SHOW, parameters)


def _key(segment: Segment) -> tuple[str, UUID]:
    return segment.name, segment.id


def _generation(row: Row[Any]) -> Generation:
    return Generation(
        row.segment_id,
        row.number,
        row.version,
        read_condition(row.condition),
        GenerationState(row.state),
        row.filled_to,
        row.sets_tag,
    )


def _segment(row: Row[Any]) -> Segment:
    return Segment(
        id=row.segment_id,
        name=row.name,
        condition=read_condition(row.condition),
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        status=SegmentStatus.BACKFILLING if row.filling else SegmentStatus.LIVE,
        size=row.size,
        progress=row.progress,
    )
