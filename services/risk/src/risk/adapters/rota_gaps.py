"""Gaps in cover in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.rota_tables import rota_gaps
from risk.domain.rota_gap import RotaGap

_CHANGING = ("starts_at", "ends_at", "missing", "closed_at")


class SqlRotaGaps:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def open(self) -> Sequence[RotaGap]:
        query = self._gaps().where(rota_gaps.c.closed_at.is_(None)).order_by(rota_gaps.c.starts_at)
        return [_to_gap(row) for row in await self._connection.execute(query)]

    async def put(self, gaps: Sequence[RotaGap]) -> None:
        if not gaps:
            return
        putting = insert(rota_gaps)
        putting = putting.on_conflict_do_update(
            index_elements=["tenant_id", "id"], set_={name: putting.excluded[name] for name in _CHANGING}
        )
        rows = [asdict(gap) | {"tenant_id": self._tenant_id} for gap in gaps]
        await self._connection.execute(putting, rows)

    async def page(self, request: PageRequest, group_id: UUID | None, closed: bool) -> Page[RotaGap]:
        matching = self._gaps()
        if group_id is not None:
            matching = matching.where(rota_gaps.c.group_id == group_id)
        if not closed:
            matching = matching.where(rota_gaps.c.closed_at.is_(None))
        order = rota_gaps.c.starts_at, rota_gaps.c.id
        return await fetch_page(self._connection, matching, order, request, _to_gap, descending=True)

    def _gaps(self) -> Select[Any]:
        return select(rota_gaps).where(rota_gaps.c.tenant_id == self._tenant_id)


def _to_gap(row: Row[Any]) -> RotaGap:
    return RotaGap(
        id=row.id,
        group_id=row.group_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        missing=row.missing,
        foreseen_at=row.foreseen_at,
        closed_at=row.closed_at,
    )
