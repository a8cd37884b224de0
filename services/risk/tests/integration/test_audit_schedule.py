"""Audits by the clock, from the tenant's registration on, with replicas at the same timer."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.database import Database
from chassis.paging import PageRequest
from chassis.testbed.events import received
from chassis.timer_loop import TimerLoop
from quanzi.tenancy.v1.events_pb2 import TenantRegistered
from risk.adapters.fraud_wording import ChineseAuditWording
from risk.application.audit_ports import AUDIT
from risk.application.ports import Transactions
from risk.application.update_audit_policy import update_audit_policy
from risk.domain.audit_policy import AuditPolicy
from risk.entrypoints.audit_schedule import audit_schedule, auditing

from ..samples import NORMALISER, NOW

DAY = timedelta(days=1)
HANDLERS = {AUDIT: auditing(NORMALISER, ChineseAuditWording())}


async def test_one_audit_an_interval_from_the_registration_on(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    event = TenantRegistered(tenant_id=str(tenant_id), slug="acme", name="Acme")
    for at in (NOW, NOW + DAY):
        async with sql_transactions(tenant_id) as uow:
            registered = received(tenant_id, event, at)
            await audit_schedule(lambda at=at: at).handle(uow, [registered])

    async def due() -> list[timedelta]:
        async with database.session(tenant_id) as session:
            query = text("select due_at from timers where kind = :kind")
            rows = await session.connection.execute(query, {"kind": AUDIT})
            return [due_at - NOW for due_at in rows.scalars()]

    async def fire(after: timedelta) -> None:
        """Whatever is due then, by four replicas."""

        async def replica() -> None:
            loop = TimerLoop(database, sql_transactions, HANDLERS, clock=lambda: NOW + after)
            while await loop.fire_due():
                pass

        await asyncio.gather(*(replica() for _ in range(4)))

    async def audited() -> list[timedelta]:
        async with sql_transactions(tenant_id) as uow:
            return [it.completed_at - NOW for it in (await uow.audits.page(PageRequest(100))).items]

    assert await due() == [7 * DAY]
    await fire(6 * DAY)
    assert await audited() == []
    await fire(7 * DAY)
    assert (await audited(), await due()) == ([7 * DAY], [14 * DAY])
    async with sql_transactions(tenant_id) as uow:
        await update_audit_policy(uow, AuditPolicy(interval_days=2), 0, NOW + 8 * DAY)
    assert await due() == [9 * DAY]
    await fire(9 * DAY)
    assert (await audited(), await due()) == ([9 * DAY, 7 * DAY], [11 * DAY])
