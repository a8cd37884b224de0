"""Two replicas watch the same tenant; people act while it is judged."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from risk.application.acknowledge_incident import acknowledge_incident
from risk.application.escalate_incidents import escalate_incidents
from risk.application.ports import Transactions
from risk.domain.opinion_counts import BUCKET, EVERYWHERE, Counts
from risk.domain.opinion_incident import IncidentStatus

from ..unit.opinion_scenes import BAD, BEGIN, all_incidents, calm_week, judged, said

QUARTER = 3 * BUCKET


@pytest.fixture
async def _registered(database: Database, tenant_id: UUID) -> None:
    await register(database, tenant_id)


@pytest.mark.usefixtures("_registered")
async def test_replicas_judging_at_once_open_one_incident_each_scope(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    groups = [new_id() for _ in range(3)]
    now = await calm_week(sql_transactions, tenant_id, groups[0])
    async with sql_transactions(tenant_id) as uow:
        for group in groups:
            await said(uow, group, now, now + QUARTER, BAD)
    await asyncio.gather(*(judged(sql_transactions, tenant_id, now + QUARTER) for _ in range(8)))
    opened = await all_incidents(sql_transactions, tenant_id)
    assert sorted(it.scope_id for it in opened) == sorted([*groups, EVERYWHERE])
    async with database.session(tenant_id) as session:
        query = text("select count(*) from outbox where type like '%opinion_incident.opened%'")
        assert (await session.connection.execute(query)).scalar_one() == 4


@pytest.mark.usefixtures("_registered")
async def test_hours_are_learnt_once(sql_transactions: Transactions, tenant_id: UUID) -> None:
    await judged(sql_transactions, tenant_id, BEGIN + BUCKET)
    later = BEGIN + timedelta(hours=30)
    async with sql_transactions(tenant_id) as uow:
        await said(uow, new_id(), BEGIN, later, Counts(10, 1, 0))
    await asyncio.gather(
        *(judged(sql_transactions, tenant_id, later + BUCKET * number) for number in range(6))
    )
    async with sql_transactions(tenant_id) as uow:
        past = await uow.opinions.past({EVERYWHERE}, ())
    assert past[EVERYWHERE].all_hours.hours == 29


@pytest.mark.usefixtures("_registered")
async def test_messages_counted_at_once_are_all_counted(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    group = new_id()

    async def add() -> None:
        async with sql_transactions(tenant_id) as uow:
            await said(uow, group, BEGIN, BEGIN + QUARTER, Counts(3, 2, 1))

    await asyncio.gather(*(add() for _ in range(20)))
    async with sql_transactions(tenant_id) as uow:
        hours = await uow.opinions.hours(BEGIN, BEGIN + QUARTER)
    assert set(hours.values()) == {Counts(180, 120, 60)}


@pytest.mark.usefixtures("_registered")
async def test_an_acknowledgement_in_the_last_second(sql_transactions: Transactions, tenant_id: UUID) -> None:
    group = new_id()
    now = await calm_week(sql_transactions, tenant_id, group)
    async with sql_transactions(tenant_id) as uow:
        await said(uow, group, now, now + QUARTER, BAD)
    await judged(sql_transactions, tenant_id, now + QUARTER)
    opened = await all_incidents(sql_transactions, tenant_id)
    late = now + timedelta(hours=1)

    async def acknowledge(incident_id: UUID) -> None:
        async with sql_transactions(tenant_id) as uow:
            await acknowledge_incident(uow, incident_id, "ann", late)

    async def escalate() -> None:
        async with sql_transactions(tenant_id) as uow:
            await escalate_incidents(uow, [it.id for it in opened], late)

    await asyncio.gather(*(acknowledge(it.id) for it in opened), escalate(), escalate(), escalate())
    after = await all_incidents(sql_transactions, tenant_id)
    assert {it.status for it in after} == {IncidentStatus.ACKNOWLEDGED}
    assert all(it.escalations <= 1 for it in after)
    async with sql_transactions(tenant_id) as uow:
        steps = await uow.opinion_incidents.steps([it.id for it in after])
    for it in after:
        assert [step.number for step in steps[it.id]] == list(range(1, it.version + 1))
