"""Erasures in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.totals import total_of
from segmentation.domain.erasure import Erasure, ErasureReceipt

_ADD = text("""
    insert into erasures
        (tenant_id, erasure_id, member_id, merged_member_ids, status, reason, requested_by, requested_at)
    values (:tenant_id, :id, :member_id, cast(:merged as uuid[]), 1, :reason, :requested_by, :now)
""")
_HOLD_MEMBERS = text("""
    select from members where member_id = any(cast(:member_ids as uuid[])) order by member_id for update
""")
# An activity as well, as stays are derived from those: 2 is a leaving.
_LEAVE = text("""
    with staying as (
        select member_id, group_id, joined_at, gen_random_uuid() as activity_id,
            greatest(joined_at, :now) as left_at
        from memberships where member_id = any(cast(:member_ids as uuid[])) and left_at is null
    ), ids as (
        insert into activity_ids (tenant_id, activity_id, occurred_at)
        select :tenant_id, activity_id, left_at from staying
    ), leavings as (
        insert into activities
            (tenant_id, activity_id, kind, member_id, group_id, occurred_at, source, amount_minor)
        select :tenant_id, activity_id, 2, member_id, group_id, left_at, 'erasure', 0 from staying
    )
    update memberships s set left_at = staying.left_at from staying
    where s.member_id = staying.member_id and s.group_id = staying.group_id
      and s.joined_at = staying.joined_at
""")
_ERASURES = """
    select e.*, cast(r.receipts as text) as receipts
    from erasures e
    left join lateral (
        select json_agg(json_build_array(service, tables, erased_at) order by service) as receipts
        from erasure_receipts where erasure_id = e.erasure_id
    ) r on true
"""
_BY_IDS = text(f"{_ERASURES} where erasure_id = any(cast(:ids as uuid[]))")
_RUNNING = text(f"{_ERASURES} where member_id = :member_id and status = 1")
_LIST = f"{_ERASURES} {{after}} order by requested_at desc, erasure_id limit :limit"
_FIRST = text(_LIST.format(after=""))
_NEXT = text(_LIST.format(after="where requested_at < :at or requested_at = :at and erasure_id > :id"))
_HOLD = text("select from erasures where erasure_id = :id for update")
_RECEIVE = text("""
    insert into erasure_receipts (tenant_id, erasure_id, service, tables, erased_at)
    values (:tenant_id, :id, :service, cast(:tables as jsonb), :erased_at)
    on conflict do nothing
""")
_COMPLETE = text("update erasures set status = 2, completed_at = :completed_at where erasure_id = :id")


class SqlErasures:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def running(self, member_id: UUID) -> Erasure | None:
        row = (await self._connection.execute(_RUNNING, {"member_id": member_id})).one_or_none()
        return _erasure(row) if row else None

    async def add(self, erasure: Erasure) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "id": erasure.id,
            "member_id": erasure.member_id,
            "merged": list(erasure.merged_member_ids),
            "reason": erasure.reason,
            "requested_by": erasure.requested_by,
            "now": erasure.requested_at,
        }
        await self._connection.execute(_ADD, parameters)

    async def leave_groups(self, member_ids: Sequence[UUID], now: datetime) -> None:
        await self._connection.execute(_HOLD_MEMBERS, {"member_ids": list(member_ids)})
        parameters = {"tenant_id": self._tenant_id, "member_ids": list(member_ids), "now": now}
        await self._connection.execute(_LEAVE, parameters)

    async def receive(self, erasure_id: UUID, receipt: ErasureReceipt) -> Erasure:
        parameters = {
            "tenant_id": self._tenant_id,
            "id": erasure_id,
            "service": receipt.service,
            "tables": orjson.dumps(receipt.tables).decode(),
            "erased_at": receipt.erased_at,
        }
        await self._connection.execute(_HOLD, {"id": erasure_id})
        await self._connection.execute(_RECEIVE, parameters)
        [erasure] = await self.by_ids([erasure_id])
        return erasure

    async def complete(self, erasure: Erasure) -> None:
        parameters = {"id": erasure.id, "completed_at": erasure.completed_at}
        await self._connection.execute(_COMPLETE, parameters)

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[Erasure]:
        return [_erasure(row) for row in await self._connection.execute(_BY_IDS, {"ids": list(ids)})]

    async def page(self, request: PageRequest) -> Page[Erasure]:
        parameters: dict[str, Any] = {"limit": request.first + 1}
        if request.after:
            parameters["at"], parameters["id"] = request.place(datetime, UUID)
        rows = await self._connection.execute(_NEXT if request.after else _FIRST, parameters)
        total = await total_of(self._connection, request, "erasures", {})
        return page_of([_erasure(row) for row in rows], request, _key, total)


def _key(erasure: Erasure) -> tuple[datetime, UUID]:
    return erasure.requested_at, erasure.id


def _erasure(row: Row[Any]) -> Erasure:
    receipts = orjson.loads(row.receipts) if row.receipts else ()
    return Erasure(
        id=row.erasure_id,
        member_id=row.member_id,
        merged_member_ids=tuple(row.merged_member_ids),
        reason=row.reason,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        receipts=tuple(
            ErasureReceipt(service, tables, datetime.fromisoformat(erased_at))
            for service, tables, erased_at in receipts
        ),
        completed_at=row.completed_at,
    )
