"""What people do with alerts: they set thresholds, acknowledge, snooze and list; time is passed in."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from segmentation.application.acknowledge_alert import AcknowledgeAlert, acknowledge_alert
from segmentation.application.alert_ports import AlertFilter
from segmentation.application.ports import Transactions
from segmentation.application.snooze_alert import SnoozeAlert, snooze_alert
from segmentation.application.update_indicator_policy import (
    remove_group_indicator_policy,
    update_indicator_policy,
)
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.alerts import Alert, AlertKind, AlertStatus
from segmentation.domain.errors import AlertNotFound, GroupNotFound, StaleVersion

from ..samples import NOW, Brand
from .alerting import CALM, QUIET, Clock, all_alerts, apply, messages, the_alert, told
from .moments import did, moment, record, register


async def test_new_thresholds_judge_at_once(in_transaction: Transactions, clock: Clock, quiet: Brand) -> None:
    """The tenant's, a group's own over a window of its own, and the tenant's again."""
    await clock.strike("2026-02-03 00:01")
    own = replace(QUIET, thresholds=CALM, group_id=quiet.group(), alert_window_days=3)
    async with in_transaction(quiet.tenant_id) as uow:
        saved = await update_indicator_policy(uow, own, 0, clock.now)
        assert await update_indicator_policy(uow, own, 0, clock.now) == saved
    assert (saved.version, saved.group_id) == (1, quiet.group())
    await clock.strike("2026-02-03 00:01")
    closed = await the_alert(in_transaction, quiet)
    assert closed.status is AlertStatus.CLOSED
    assert (closed.figures.from_date, closed.figures.to_date) == (date(2026, 1, 31), date(2026, 2, 2))
    async with in_transaction(quiet.tenant_id) as uow:
        await remove_group_indicator_policy(uow, quiet.group(), clock.now + timedelta(seconds=1))
    await clock.strike("2026-02-03 00:02")
    assert [it.status for it in await all_alerts(in_transaction, quiet)] == [
        AlertStatus.OPEN,
        AlertStatus.CLOSED,
    ]


async def test_versions_of_thresholds(in_transaction: Transactions, database: Database, quiet: Brand) -> None:
    own = replace(QUIET, group_id=quiet.group())
    async with in_transaction(quiet.tenant_id) as uow:
        with pytest.raises(StaleVersion):
            await update_indicator_policy(uow, replace(QUIET, alert_window_days=8), 0, NOW)
        with pytest.raises(StaleVersion):
            await update_indicator_policy(uow, own, 1, NOW)
        with pytest.raises(GroupNotFound):
            await update_indicator_policy(uow, replace(own, group_id=new_id()), 0, NOW)
        await update_indicator_policy(uow, own, 0, NOW)
        await remove_group_indicator_policy(uow, quiet.group(), NOW)
        await remove_group_indicator_policy(uow, quiet.group(), NOW)
        policies = await uow.indicator_policies.in_force()
        assert policies.of(quiet.group()) == replace(QUIET, version=1)
        assert (await update_indicator_policy(uow, own, 0, NOW)).version == 3
    async with database.session(quiet.tenant_id) as session:
        counted = text("select count(*) from outbox where type like '%indicator_policy.updated%'")
        assert (await session.connection.execute(counted)).scalar_one() == 4


async def test_two_change_the_thresholds_at_once(in_transaction: Transactions, quiet: Brand) -> None:
    async def change(days: int) -> int:
        try:
            await apply(in_transaction, quiet, replace(QUIET, alert_window_days=days), 1)
        except StaleVersion:
            return 0
        return 1

    assert sum(await asyncio.gather(*(change(days) for days in range(1, 6)))) == 1


async def test_acknowledged_and_snoozed(
    in_transaction: Transactions, database: Database, clock: Clock, quiet: Brand
) -> None:
    await clock.strike("2026-02-03 00:01")
    alert = await the_alert(in_transaction, quiet)
    until = moment("2026-02-05 09:00")
    async with in_transaction(quiet.tenant_id) as uow:
        mine = AcknowledgeAlert(alert.id, "wang", "will ask")
        await acknowledge_alert(uow, mine, clock.now)
        await acknowledge_alert(uow, mine, clock.now)
        asleep = await snooze_alert(uow, SnoozeAlert(alert.id, until), clock.now)
        assert await snooze_alert(uow, SnoozeAlert(alert.id, until), clock.now) == asleep
        with pytest.raises(AlertNotFound):
            await snooze_alert(uow, SnoozeAlert(new_id(), until), clock.now)
    await clock.strike("2026-02-05 08:59")
    sleeping = await the_alert(in_transaction, quiet)
    assert (sleeping.status, sleeping.note, sleeping.acknowledged_by) == (
        AlertStatus.SNOOZED,
        "will ask",
        "wang",
    )
    assert sleeping.figures.to_date == date(2026, 2, 4), "it follows its figures in its sleep"
    await clock.strike("2026-02-05 09:00")
    awake = await the_alert(in_transaction, quiet)
    assert (awake.status, awake.snoozed_until) == (AlertStatus.OPEN, None)
    assert await told(database, quiet) == ["opened", "updated", "updated", "updated"]


async def test_a_group_gets_well_in_its_sleep(
    in_transaction: Transactions, database: Database, clock: Clock, quiet: Brand
) -> None:
    await clock.strike("2026-02-03 00:01")
    alert = await the_alert(in_transaction, quiet)
    async with in_transaction(quiet.tenant_id) as uow:
        await snooze_alert(uow, SnoozeAlert(alert.id, moment("2026-02-10 09:00")), clock.now)
    await record(in_transaction, quiet, messages("2026-02-03", 14), moment("2026-02-03 11:00"))
    await clock.strike("2026-02-04 00:01")
    assert (await the_alert(in_transaction, quiet)).status is AlertStatus.CLOSED
    await clock.strike("2026-02-10 09:00")
    assert await told(database, quiet) == ["opened", "updated", "closed"]


async def test_lists(in_transaction: Transactions, clock: Clock, quiet: Brand) -> None:
    """Three more groups, ill from the next day on: pages in order, and filters."""
    await clock.strike("2026-02-03 00:01")
    await register(in_transaction, quiet, "wine", "bread", "cake", now=clock.now)
    joined = [did(Kind.JOINED, "li", "2026-02-03 10:00", group=it) for it in ("wine", "bread", "cake")]
    await record(in_transaction, quiet, joined, moment("2026-02-03 10:00"))
    await clock.strike("2026-02-04 00:01")
    async with in_transaction(quiet.tenant_id) as uow:
        seen: list[Alert] = []
        request = PageRequest(3, count_total=True)
        page = await uow.alerts.page(request, AlertFilter())
        seen += page.items
        assert (page.has_next_page, page.total_count) == (True, 4)
        page = await uow.alerts.page(replace(request, after=page.keys[-1]), AlertFilter())
        seen += page.items
        assert not page.has_next_page
        assert seen == sorted(seen, key=lambda it: (it.opened_at, it.id), reverse=True)
        assert len({it.id for it in seen}) == 4

        wine = [it for it in seen if it.subject.group_id == quiet.group("wine")]
        of_wine = AlertFilter(group_id=quiet.group("wine"), kind=AlertKind.INDICATOR)
        assert (await uow.alerts.page(PageRequest(9), of_wine)).items == wine
        at_risk = AlertFilter(kind=AlertKind.AT_RISK_OF_LEAVING)
        assert not (await uow.alerts.page(PageRequest(9), at_risk)).items
        closed = AlertFilter(statuses=[AlertStatus.CLOSED, AlertStatus.SNOOZED])
        assert not (await uow.alerts.page(PageRequest(9), closed)).items
        assert await uow.alerts.of_groups([quiet.group("wine"), new_id()]) == wine
        assert await uow.alerts.by_ids([wine[0].id, new_id()]) == wine


async def test_tenants_do_not_see_one_another(
    in_transaction: Transactions, clock: Clock, quiet: Brand, database: Database
) -> None:
    await clock.strike("2026-02-03 00:01")
    alert = await the_alert(in_transaction, quiet)
    async with in_transaction(new_id()) as uow:
        assert not await uow.alerts.by_ids([alert.id])
        assert not await uow.alerts.of_groups([quiet.group()])
        assert not (await uow.indicator_policies.in_force()).tenant.version
        assert not (await uow.alerts.page(PageRequest(9), AlertFilter())).items
        with pytest.raises(AlertNotFound):
            await acknowledge_alert(uow, AcknowledgeAlert(alert.id, "mallory", ""), clock.now)
