"""Activities and the orders they make up, in PostgreSQL."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.effects import FACTS, ORDERS
from segmentation.adapters.totals import total_of
from segmentation.adapters.work_mem import WORK_MEM
from segmentation.domain.activity import ActivityColumns, ActivityKind, Move, Recorded, RecordedActivity

# An id is kept once, whatever time a repeat names; only activities whose id was new go on. Sorted by id, so
# that two transactions with the same activities wait for one another in one order. A full join is never a
# nested loop, however few rows the planner expects. Rows are kept in the order of their index: it costs less.
_KEEP = f"""
    with incoming as materialized (
        select distinct on (activity_id) *
        from unnest(cast(:ids as uuid[]), cast(:kinds as smallint[]), cast(:occurred_at as timestamptz[]),
                    cast(:sources as text[]), cast(:member_ids as uuid[]), cast(:group_ids as uuid[]),
                    cast(:order_references as text[]), cast(:amounts as bigint[]),
                    cast(:invited_by_ids as uuid[]), cast(:campaign_ids as text[]), cast(:post_ids as text[]),
                    cast(:origin_ids as uuid[]))
             as incoming (activity_id, kind, occurred_at, source, member_id, group_id,
                          order_reference, amount_minor, invited_by_id, campaign_id, post_id, origin_id)
        order by activity_id, occurred_at
    ), added as (
        insert into activity_ids (tenant_id, activity_id, occurred_at)
        select :tenant_id, activity_id, occurred_at from incoming
        on conflict do nothing
        returning activity_id, true as new
    ), fresh as materialized (
        select incoming.* from incoming full join added using (activity_id) where coalesce(new, false)
    ), kept as (
        insert into activities (tenant_id, activity_id, kind, occurred_at, source, member_id, group_id,
                                order_reference, amount_minor, invited_by_id, campaign_id, post_id,
                                origin_id)
        select :tenant_id, fresh.* from fresh order by member_id, occurred_at
    ), ordered as ({ORDERS} returning old.member_id as earlier_id, new.member_id as payer_id),
    counted as ({FACTS})
"""  # noqa: S608 constants only
_ADD_MANY = text(f"{_KEEP} select count(*) from fresh")  # noqa: S608 constants only
# Stays change only where somebody moved, or was seen outside the known stays: `unsettled`. An order may pass
# from one payer to another, or be refunded by somebody else: `others`.
_ADD = text(f"""
    {_KEEP}
    select *
    from (
        select array_agg(activity_id) as ids,
            array_agg(distinct member_id) as member_ids,
            array_agg(distinct member_id) filter (where kind in (10, 11)) as buyer_ids
        from fresh
    ) as recorded, (
        select array_agg(distinct payer.member_id) as other_ids
        from ordered, unnest(array[earlier_id, payer_id]) as payer (member_id)
        where payer.member_id not in (select member_id from fresh)
    ) as others, (
        select array_agg(kind) as move_kinds, array_agg(member_id) as moved_ids,
            array_agg(group_id) as moved_group_ids, array_agg(occurred_at) as moved_at
        from fresh where kind in (1, 2) and group_id is not null
    ) as moves, (
        select array_agg(member_id) as unsettled_ids, array_agg(group_id) as unsettled_group_ids
        from (
            select member_id, group_id, min(occurred_at) as first_at, max(occurred_at) as last_at,
                bool_or(kind in (1, 2)) as moved
            from fresh where group_id is not null and kind not in (10, 11) group by member_id, group_id
        ) as seen
        where moved or not exists (
            select from memberships s
            where s.member_id = seen.member_id and s.group_id = seen.group_id
              and s.joined_at <= first_at and (s.left_at is null or s.left_at >= last_at))
    ) as unsettled
""")  # noqa: S608 constants only

_HOLD = text("select from members where member_id = any(cast(:ids as uuid[])) order by member_id for update")
_HOLD_PAYERS = text("""
    with others as materialized (
        select distinct o.member_id
        from unnest(cast(:sources as text[]), cast(:order_references as text[])) as it (source, reference)
        join orders o using (source, reference)
        where o.member_id <> all(cast(:member_ids as uuid[]))
    )
    select from members where member_id in (
        select member_id from others
        union all
        select unnest(cast(:member_ids as uuid[])) where exists (select from others)
    )
    order by member_id for update of members
""")

_TRAIL = """
    select activity_id, kind, member_id, group_id, occurred_at, amount_minor from activities
    where {of} = :of {after} order by occurred_at desc, activity_id limit :limit
"""
_AFTER = "and (occurred_at < :at or occurred_at = :at and activity_id > :id)"
_PAGES = {
    (of, after): text(_TRAIL.format(of=of, after=_AFTER if after else ""))
    for of in ("member_id", "group_id")
    for after in (False, True)
}


class SqlActivities:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def hold_payers(self, activities: ActivityColumns) -> None:
        if any(activities.order_references):
            parameters = {
                "sources": activities.sources,
                "order_references": activities.order_references,
                "member_ids": activities.member_ids,
            }
            await self._connection.execute(_HOLD_PAYERS, parameters)

    async def add(self, activities: ActivityColumns, zone: ZoneInfo) -> Recorded:
        row = (await self._connection.execute(_ADD, self._columns(activities, zone))).one()
        if not row.ids:
            return Recorded()
        moves = zip(
            row.move_kinds or (),
            row.moved_ids or (),
            row.moved_group_ids or (),
            row.moved_at or (),
            strict=True,
        )
        if others := row.other_ids or []:
            await self._connection.execute(_HOLD, {"ids": others})
        unsettled = zip(row.unsettled_ids or (), row.unsettled_group_ids or (), strict=True)
        return Recorded(
            ids=row.ids,
            member_ids=row.member_ids + others,
            buyer_ids=(row.buyer_ids or []) + others,
            moves=[Move(ActivityKind(kind), *rest) for kind, *rest in moves],
            unsettled=list(unsettled),
        )

    async def add_many(self, activities: ActivityColumns, zone: ZoneInfo) -> int:
        await self._connection.execute(WORK_MEM)
        return int((await self._connection.execute(_ADD_MANY, self._columns(activities, zone))).scalar_one())

    def _columns(self, activities: ActivityColumns, zone: ZoneInfo) -> dict[str, Any]:
        return {
            "tenant_id": self._tenant_id,
            "zone": zone.key,
            "ids": activities.ids,
            "kinds": activities.kinds,
            "occurred_at": activities.occurred_at,
            "sources": activities.sources,
            "member_ids": activities.member_ids,
            "group_ids": activities.group_ids,
            "order_references": _sparse(activities.order_references),
            "amounts": activities.amounts,
            "invited_by_ids": _sparse(activities.invited_by_ids),
            "campaign_ids": _sparse(activities.campaign_ids),
            "post_ids": _sparse(activities.post_ids),
            "origin_ids": activities.origin_ids,
        }

    async def of_member(self, member_id: UUID, request: PageRequest) -> Page[RecordedActivity]:
        return await self._page("member_id", member_id, request)

    async def of_group(self, group_id: UUID, request: PageRequest) -> Page[RecordedActivity]:
        return await self._page("group_id", group_id, request)

    async def _page(self, of: str, value: UUID, request: PageRequest) -> Page[RecordedActivity]:
        parameters: dict[str, Any] = {"of": value, "limit": request.first + 1}
        if request.after:
            parameters["at"], parameters["id"] = request.place(datetime, UUID)
        rows = await self._connection.execute(_PAGES[of, bool(request.after)], parameters)
        total = await total_of(self._connection, request, f"activities where {of} = :of", {"of": value})
        return page_of([_recorded(row) for row in rows], request, _key, total)


def _sparse(column: list[str | None]) -> list[str | None]:
    """A column of nulls need not travel: unnest fills it up."""
    return column if any(column) else []


def _key(activity: RecordedActivity) -> tuple[datetime, UUID]:
    return activity.occurred_at, activity.id


def _recorded(row: Row[Any]) -> RecordedActivity:
    return RecordedActivity(
        row.activity_id,
        ActivityKind(row.kind),
        row.member_id,
        row.group_id,
        row.occurred_at,
        row.amount_minor,
    )
