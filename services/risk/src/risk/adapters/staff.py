"""The staff register in PostgreSQL."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.fraud_tables import staff
from risk.domain.identity_check import CheckStatus, IdentityCheck
from risk.domain.staff import StaffMember, StaffRole

# A row that is not there yet cannot be held: its id is.
_TAKE_TURN = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
_KEY = (staff.c.tenant_id, staff.c.id)


class SqlStaff:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def put(self, member: StaffMember) -> None:
        adding = insert(staff).values(_to_row(member) | {"tenant_id": self._tenant_id})
        changes = {
            column.name: column for column in adding.excluded if column.name not in ("tenant_id", "id")
        }
        await self._connection.execute(adding.on_conflict_do_update(index_elements=_KEY, set_=changes))

    async def hold(self, staff_id: UUID) -> StaffMember | None:
        await self._connection.execute(_TAKE_TURN, {"name": f"staff/{self._tenant_id}/{staff_id}"})
        row = (await self._connection.execute(self._staff().where(staff.c.id == staff_id))).one_or_none()
        return _to_member(row) if row else None

    async def many(self, ids: Collection[UUID]) -> Sequence[StaffMember]:
        rows = await self._connection.execute(self._staff().where(staff.c.id.in_(ids)))
        return [_to_member(row) for row in rows]

    async def all(self) -> Sequence[StaffMember]:
        in_order = self._staff().order_by(staff.c.registered_at, staff.c.id)
        return [_to_member(row) for row in await self._connection.execute(in_order)]

    async def page(self, request: PageRequest, with_left: bool) -> Page[StaffMember]:
        chosen = self._staff() if with_left else self._staff().where(staff.c.left_at.is_(None))
        order = staff.c.registered_at, staff.c.id
        return await fetch_page(self._connection, chosen, order, request, _to_member)

    def _staff(self) -> Select[Any]:
        return select(staff).where(staff.c.tenant_id == self._tenant_id)


def _to_row(member: StaffMember) -> dict[str, Any]:
    check = member.check
    return {
        "id": member.id,
        "userid": member.userid,
        "names": list(member.names),
        "role": member.role.value,
        "speaks_for_brand": member.speaks_for_brand,
        "registered_at": member.registered_at,
        "left_at": member.left_at,
        "check_status": check and check.status.value,
        "checked_at": check and check.at,
        "checked_by": check and check.by,
        "check_expires_at": check and check.expires_at,
    }


def _to_member(row: Row[Any]) -> StaffMember:
    check = None
    if row.check_status is not None:
        status = CheckStatus(row.check_status)
        check = IdentityCheck(status, row.checked_at, row.checked_by, row.check_expires_at)
    return StaffMember(
        id=row.id,
        userid=row.userid,
        names=tuple(row.names),
        role=StaffRole(row.role),
        speaks_for_brand=row.speaks_for_brand,
        registered_at=row.registered_at,
        left_at=row.left_at,
        check=check,
    )
