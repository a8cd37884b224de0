"""Merges in PostgreSQL: everything that is one member's own becomes another's, and goes back.

Rows say whom they came from, so joining and splitting are one statement per table. What is derived (stays and
tier) is dropped for the member that goes, and worked out anew by the caller for the one that stays.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.identities import LOCK
from segmentation.adapters.totals import total_of
from segmentation.domain.merge import Merge

OWNED = ("activities", "orders", "timeline_entries", "consents", "member_tags", "tag_judgements")
_DERIVED = ("memberships", "member_tiers")

_COLUMNS = """merge_id, member_id, merged_member_id, reason, merged_by, merged_at, reversed_at,
    coalesce(reversed_by, '') as reversed_by"""
_ONE = f"select {_COLUMNS} from merges where"  # noqa: S608 constants only
_BY_IDS = text(f"{_ONE} merge_id = any(cast(:ids as uuid[]))")
_AWAY = text(f"{_ONE} merged_member_id = :id and reversed_at is null")
_AFTER = text(f"""
    {_ONE} reversed_at is null and (merged_at, merge_id) > (:merged_at, :id)
      and (member_id in (:into, :away) or merged_member_id in (:into, :away))
    order by merged_at, merge_id limit 1
""")
_PAGE = f"{_ONE} {{conditions}} order by merged_at desc, merge_id limit :limit"
_BEYOND = "(merged_at < :at or merged_at = :at and merge_id > :id)"

_HOLD = text("select from members where member_id in (:into, :away) order by member_id for update")
_GROUPS = text("""
    select group_id from activities
    where member_id in (:into, :away) and group_id is not null and kind not in (10, 11)
    union
    select group_id from memberships where member_id in (:into, :away)
    order by group_id
""")
_RECORD = text("""
    insert into merges
        (tenant_id, merge_id, member_id, merged_member_id, reason, merged_by, merged_at, merged_tier, stays)
    values (:tenant_id, :id, :into, :away, :reason, :merged_by, :merged_at,
            (select to_jsonb(t) from member_tiers t where member_id = :away),
            (select jsonb_agg(to_jsonb(s)) from memberships s where member_id in (:into, :away)))
""")
# What a condition says of the member is not its own: it is decided anew for those who go on.
_UNTAG = text("""
    delete from member_tags g using tag_rules r
    where g.member_id = :away and r.rule_id = g.rule_id and r.condition is not null
""")
_REMEMBER = text("""
    insert into member_identities
        (tenant_id, origin_id, member_id, external_reference, display_name, named_at, first_seen_at,
         last_seen_at)
    select :tenant_id, member_id, member_id, external_reference, display_name, named_at, first_seen_at,
        last_seen_at
    from members where member_id in (:into, :away)
    on conflict do nothing
""")
_SUCCEED = text("update member_identities set member_id = :into where member_id = :away")
_LEAVE = text("delete from members where member_id = :away")
_TAKE = {
    table: text(f"""
        update {table} set member_id = :into, origin_id = coalesce(origin_id, member_id)
        where member_id = :away
    """)  # noqa: S608 constants only
    for table in OWNED
}
# Stays from before the oldest activity that is kept cannot be derived: they are carried over, and put back.
_TAKE_STAYS = text("""
    insert into memberships
        (tenant_id, member_id, group_id, joined_at, left_at, join_recorded, invited_by_id)
    select tenant_id, :into, group_id, joined_at, left_at, join_recorded, invited_by_id
    from memberships where member_id = :away and joined_at < kept_since()
    on conflict (tenant_id, member_id, group_id, joined_at) do update
    set left_at = least(memberships.left_at, excluded.left_at),
        join_recorded = memberships.join_recorded or excluded.join_recorded,
        invited_by_id = coalesce(memberships.invited_by_id, excluded.invited_by_id)
""")
_FORGET_STAYS = text("""
    delete from memberships s using merges m
    where m.merge_id = :id and s.member_id = :into and s.joined_at < least(kept_since(), m.merged_at)
""")
_PUT_BACK_STAYS = text("""
    insert into memberships
    select stay.* from merges, jsonb_populate_recordset(cast(null as memberships), stays) as stay
    where merge_id = :id and stay.joined_at < kept_since()
    on conflict do nothing
""")
_DROP = {table: text(f"delete from {table} where member_id = :away") for table in _DERIVED}  # noqa: S608

# A member as all its identities show it.
_SHOW = text("""
    insert into members
        (tenant_id, member_id, external_reference, display_name, named_at, first_seen_at, last_seen_at)
    select :tenant_id, member_id, max(external_reference) filter (where origin_id = member_id),
        (array_agg(display_name order by named_at desc nulls last, display_name desc))[1],
        max(named_at), min(first_seen_at), max(last_seen_at)
    from member_identities where member_id in (:into, :away) group by member_id order by member_id
    on conflict (tenant_id, member_id) do update set
        display_name = excluded.display_name, named_at = excluded.named_at,
        first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at
""")
# Those that went on as the merged member before: itself, and what was merged into it.
_RETURN = text("""
    with recursive own as (
        select cast(:away as uuid) as origin_id
        union
        select m.merged_member_id from merges m join own on own.origin_id = m.member_id
        where m.reversed_at is null
    )
    update member_identities set member_id = :away where origin_id in (select origin_id from own)
    returning origin_id
""")
_GIVE_BACK = {
    table: text(f"""
        update {table} set member_id = :away, origin_id = {origin}
        where member_id = :into and origin_id = any(cast(:origin_ids as uuid[]))
    """)  # noqa: S608 constants only
    for table in OWNED
    for origin in ("origin_id" if table.startswith(("member_", "tag_")) else "nullif(origin_id, :away)",)
}
_RESTORE_TIER = text("""
    insert into member_tiers
    select tier.* from merges, jsonb_populate_record(cast(null as member_tiers), merged_tier) as tier
    where merge_id = :id and merged_tier is not null
""")
_FORGET_LONERS = text("""
    delete from member_identities i where i.member_id in (:into, :away) and not exists (
        select from member_identities other
        where other.member_id = i.member_id and other.origin_id <> i.origin_id)
""")
_REVERSED = text("""
    update merges set reversed_at = :reversed_at, reversed_by = :reversed_by where merge_id = :id
""")


class SqlMerges:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def claim(self) -> None:
        await self._connection.execute(LOCK, {"tenant_id": str(self._tenant_id)})

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Merge]:
        return [_merge(row) for row in await self._connection.execute(_BY_IDS, {"ids": list(ids)})]

    async def away(self, member_id: UUID) -> Merge | None:
        row = (await self._connection.execute(_AWAY, {"id": member_id})).one_or_none()
        return _merge(row) if row else None

    async def after(self, merge: Merge) -> Merge | None:
        parameters = self._between(merge) | {"merged_at": merge.merged_at}
        row = (await self._connection.execute(_AFTER, parameters)).one_or_none()
        return _merge(row) if row else None

    async def join(self, merge: Merge) -> Sequence[tuple[UUID, UUID]]:
        between = self._between(merge)
        execute = self._connection.execute
        await execute(_HOLD, between)
        groups = (await execute(_GROUPS, between)).scalars().all()
        await execute(
            _RECORD,
            between | {"reason": merge.reason, "merged_by": merge.merged_by, "merged_at": merge.merged_at},
        )
        await execute(_UNTAG, between)
        await execute(_REMEMBER, between)
        await execute(_SUCCEED, between)
        await execute(_LEAVE, between)
        await execute(_SHOW, between)
        for statement in (*_TAKE.values(), _TAKE_STAYS, *_DROP.values()):
            await execute(statement, between)
        return [(merge.member_id, group_id) for group_id in groups]

    async def split(self, merge: Merge) -> Sequence[tuple[UUID, UUID]]:
        between = self._between(merge)
        execute = self._connection.execute
        await execute(_HOLD, between)
        ended = {"id": merge.id, "reversed_at": merge.reversed_at, "reversed_by": merge.reversed_by}
        await execute(_REVERSED, ended)
        origin_ids = (await execute(_RETURN, between)).scalars().all()
        await execute(_SHOW, between)
        for statement in _GIVE_BACK.values():
            await execute(statement, between | {"origin_ids": origin_ids})
        for statement in (_FORGET_STAYS, _PUT_BACK_STAYS, _RESTORE_TIER):
            await execute(statement, between)
        groups = (await execute(_GROUPS, between)).scalars().all()
        await execute(_FORGET_LONERS, between)
        return [
            (member_id, group) for group in groups for member_id in (merge.member_id, merge.merged_member_id)
        ]

    async def page(self, request: PageRequest, member_id: UUID | None) -> Page[Merge]:
        conditions = [":member_id in (member_id, merged_member_id)"] if member_id else ["true"]
        parameters: dict[str, Any] = {"member_id": member_id} if member_id else {}
        total = await total_of(self._connection, request, f"merges where {conditions[0]}", parameters)
        if request.after:
            parameters["at"], parameters["id"] = request.place(datetime, UUID)
            conditions.append(_BEYOND)
        statement = text(_PAGE.format(conditions=" and ".join(conditions)))
        rows = await self._connection.execute(statement, parameters | {"limit": request.first + 1})
        return page_of([_merge(row) for row in rows], request, _key, total)

    def _between(self, merge: Merge) -> dict[str, Any]:
        return {
            "tenant_id": self._tenant_id,
            "id": merge.id,
            "into": merge.member_id,
            "away": merge.merged_member_id,
        }


def _key(merge: Merge) -> tuple[datetime, UUID]:
    return merge.merged_at, merge.id


def _merge(row: Row[Any]) -> Merge:
    return Merge(
        row.merge_id,
        row.member_id,
        row.merged_member_id,
        row.reason,
        row.merged_by,
        row.merged_at,
        row.reversed_at,
        row.reversed_by,
    )
