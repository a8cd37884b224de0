"""Timelines of members in PostgreSQL: activities, tier changes and what events told, in one statement."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from chassis.database import Session
from chassis.paging import Page, PageRequest
from segmentation.adapters.lists import of_each, pages
from segmentation.domain.activity import ORDERS, ActivityKind
from segmentation.domain.policy import Tier
from segmentation.domain.timeline import Happening, TimelineEntry, TimelineKind

# Of months that are no longer kept nothing is added.
_ADD = text("""
    insert into timeline_entries
        (tenant_id, entry_id, member_id, origin_id, kind, occurred_at, group_id, subject_id, state)
    select :tenant_id, e.entry_id, coalesce(i.member_id, e.member_id),
        case when i.member_id <> e.member_id then e.member_id end,
        e.kind, e.occurred_at, e.group_id, e.subject_id, e.state
    from unnest(cast(:ids as uuid[]), cast(:member_ids as uuid[]), cast(:kinds as smallint[]),
                cast(:occurred_at as timestamptz[]), cast(:group_ids as uuid[]), cast(:subjects as text[]),
                cast(:states as text[]))
        as e (entry_id, member_id, kind, occurred_at, group_id, subject_id, state)
    left join member_identities i on i.origin_id = e.member_id
    where e.occurred_at >= (select kept_since())
    order by e.entry_id
    on conflict do nothing
""")

_ORDERS = ", ".join(str(int(kind)) for kind in sorted(ORDERS))
_ACTIVITIES = f"""
    select activity_id as id,
        case when kind in ({_ORDERS}) then {TimelineKind.ORDER:d} else {TimelineKind.ACTIVITY:d} end as kind,
        occurred_at, group_id, kind as activity_kind, amount_minor, cast(null as smallint) as tier,
        cast(null as smallint) as previous_tier, coalesce(order_reference, '') as subject_id, '' as state
    from activities where member_id = asked.id
"""  # noqa: S608 constants only
_TIERS = f"""
    select assignment_id as id, {TimelineKind.TIER:d} as kind, assigned_at as occurred_at,
        cast(null as uuid) as group_id, cast(null as smallint) as activity_kind, 0 as amount_minor, tier,
        previous_tier, '' as subject_id, '' as state
    from tier_assignments where member_id = asked.id
"""  # noqa: S608 constants only
_TOLD = """
    select entry_id as id, kind, occurred_at, group_id, cast(null as smallint) as activity_kind,
        0 as amount_minor, cast(null as smallint) as tier, cast(null as smallint) as previous_tier,
        subject_id, state
    from timeline_entries where member_id = asked.id
"""
_OWN = frozenset({TimelineKind.ACTIVITY, TimelineKind.ORDER, TimelineKind.TIER})
_ALL = frozenset(TimelineKind)
_ORDER = "occurred_at desc, id"
_AFTER = "where occurred_at <= :at and (occurred_at < :at or id > :id)"


class SqlTimeline:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(self, happenings: Sequence[Happening]) -> None:
        if not happenings:
            return
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": [it.id for it in happenings],
            "member_ids": [it.member_id for it in happenings],
            "kinds": [it.kind for it in happenings],
            "occurred_at": [it.occurred_at for it in happenings],
            "group_ids": [it.group_id for it in happenings],
            "subjects": [it.subject for it in happenings],
            "states": [it.state for it in happenings],
        }
        await self._connection.execute(_ADD, parameters)

    async def of_members(
        self, member_ids: Sequence[UUID], request: PageRequest, kinds: Collection[TimelineKind]
    ) -> Mapping[UUID, Page[TimelineEntry]]:
        wanted = frozenset(kinds) or _ALL
        parameters: dict[str, Any] = {}
        if _some_told(wanted):
            parameters["kinds"] = sorted(wanted - _OWN)
        if request.after:
            parameters["at"], parameters["id"] = request.place(datetime, UUID)
        statement = _page(wanted, after=request.after is not None)
        everything = f"({' union all '.join(_sources(wanted))}) as entries"
        return await pages(
            self._connection, member_ids, request, statement, parameters, _entry, _key, everything
        )


@cache
def _page(wanted: frozenset[TimelineKind], *, after: bool) -> TextClause:
    """Each source gives a page at most, off its index. There are few combinations, so each is made once."""
    place = _AFTER if after else ""
    parts = (
        f"(select * from ({source}) as source {place} order by {_ORDER} limit :limit)"  # noqa: S608 constants only
        for source in _sources(wanted)
    )
    return of_each(f"select * from ({' union all '.join(parts)}) as entries", _ORDER)  # noqa: S608 constants only


def _sources(wanted: frozenset[TimelineKind]) -> Iterator[str]:
    if {TimelineKind.ACTIVITY, TimelineKind.ORDER} <= wanted:
        yield _ACTIVITIES
    elif TimelineKind.ACTIVITY in wanted:
        yield f"{_ACTIVITIES} and kind not in ({_ORDERS})"
    elif TimelineKind.ORDER in wanted:
        yield f"{_ACTIVITIES} and kind in ({_ORDERS})"
    if TimelineKind.TIER in wanted:
        yield _TIERS
    if _some_told(wanted):
        yield f"{_TOLD} and kind = any(cast(:kinds as smallint[]))"
    elif not wanted <= _OWN:
        yield _TOLD


def _some_told(wanted: frozenset[TimelineKind]) -> bool:
    """Some of what events told is wanted, but not all of it."""
    return not wanted <= _OWN and not wanted >= _ALL - _OWN


def _key(entry: TimelineEntry) -> tuple[datetime, UUID]:
    return entry.occurred_at, entry.id


def _entry(row: Row[Any]) -> TimelineEntry:
    return TimelineEntry(
        id=row.id,
        kind=TimelineKind(row.kind),
        occurred_at=row.occurred_at,
        group_id=row.group_id,
        subject=row.subject_id,
        state=row.state,
        activity=ActivityKind(row.activity_kind) if row.activity_kind else None,
        amount_minor=row.amount_minor,
        tier=Tier(row.tier) if row.tier else None,
        previous_tier=Tier(row.previous_tier) if row.previous_tier else None,
    )
