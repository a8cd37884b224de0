"""Alerts open once, follow their figures, close themselves; time is passed in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.timer_loop import TimerLoop
from segmentation.application.acknowledge_alert import AcknowledgeAlert, acknowledge_alert
from segmentation.application.alert_ports import AlertFilter
from segmentation.application.judge_groups import judge_groups
from segmentation.application.ports import Transactions
from segmentation.application.snooze_alert import SnoozeAlert, snooze_alert
from segmentation.application.update_indicator_policy import (
    remove_group_indicator_policy,
    update_indicator_policy,
)
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.alerts import Alert, AlertKind, AlertStatus, Figures
from segmentation.domain.errors import AlertNotFound, GroupNotFound, StaleVersion
from segmentation.domain.indicator_policy import (
    DEFAULT_THRESHOLDS,
    IndicatorKind,
    IndicatorPolicy,
    Threshold,
)
from segmentation.entrypoints.timers import TIMERS

from ..samples import NOW, Act, Brand
from .moments import did, moment, record, register

# Only these two kinds of alerts are about what the stories tell; the rest is healthy from 0 on.
CALM = {kind: replace(it, healthy_from=0) for kind, it in DEFAULT_THRESHOLDS.items()}
QUIET = IndicatorPolicy(
    thresholds={**CALM, IndicatorKind.MESSAGES_PER_DAY: Threshold(2, minimum_sample=1)},
    risk_messages_per_member=0,
)


def messages(day: str, count: int, group: str = "tea") -> list[Act]:
    return [did(Kind.MESSAGE, "li", f"{day} 10:{minute:02}", group=group) for minute in range(count)]


@dataclass
class Clock:
    """The timers of the service, at a moment of our choosing."""

    database: Database
    within: Transactions
    now: datetime = NOW

    async def strike(self, local: str) -> None:
        self.now = moment(local)
        timers = TimerLoop(self.database, self.within, TIMERS, clock=lambda: self.now)
        while await timers.fire_due():
            pass


@pytest.fixture
def clock(database: Database, in_transaction: Transactions) -> Clock:
    return Clock(database, in_transaction)


async def told(database: Database, brand: Brand) -> list[str]:
    """What was published of alerts, in order."""
    async with database.session(brand.tenant_id) as session:
        types = await session.connection.execute(text("select type from outbox order by sequence"))
    return [it.split(".")[-2] for it in types.scalars() if ".alert." in it]


async def all_alerts(within: Transactions, brand: Brand) -> Sequence[Alert]:
    async with within(brand.tenant_id) as uow:
        page = await uow.alerts.page(PageRequest(100), AlertFilter(statuses=list(AlertStatus)))
    return page.items


async def the_alert(within: Transactions, brand: Brand) -> Alert:
    [alert] = await all_alerts(within, brand)
    return alert


async def apply(within: Transactions, brand: Brand, policy: IndicatorPolicy, version: int = 0) -> None:
    async with within(brand.tenant_id) as uow:
        await update_indicator_policy(uow, policy, version, moment("2026-02-02 12:00"))


@pytest.fixture
async def quiet(in_transaction: Transactions, brand: Brand) -> Brand:
    """Registered on Monday 2 February; li joins that morning and says nothing."""
    await register(in_transaction, brand, "tea", now=moment("2026-02-02 12:00"))
    await apply(in_transaction, brand, QUIET)
    joined = did(Kind.JOINED, "li", "2026-02-02 10:00")
    await record(in_transaction, brand, [joined], moment("2026-02-02 10:00"))
    return brand


async def test_a_life(in_transaction: Transactions, database: Database, clock: Clock, quiet: Brand) -> None:
    """It opens as the day closes, once; follows; closes when the last seven days are healthy."""
    await clock.strike("2026-02-02 12:00")
    await clock.strike("2026-02-03 00:00:59")
    assert not await all_alerts(in_transaction, quiet)
    await clock.strike("2026-02-03 00:01")
    opened = await the_alert(in_transaction, quiet)
    assert opened.subject.indicator is IndicatorKind.MESSAGES_PER_DAY
    assert opened.figures == Figures(0, 7, 0, 2, date(2026, 1, 27), date(2026, 2, 2))
    assert (opened.status, opened.opened_at) == (AlertStatus.OPEN, clock.now)

    said = moment("2026-02-03 11:00")
    await record(in_transaction, quiet, messages("2026-02-03", 7), said)
    await clock.strike("2026-02-04 00:01")
    followed = await the_alert(in_transaction, quiet)
    assert followed == opened.follow(Figures(7, 7, 1.0, 2, date(2026, 1, 28), date(2026, 2, 3)))
    assert followed.opened_value == 0

    await record(in_transaction, quiet, messages("2026-02-04", 7), moment("2026-02-04 11:00"))
    await clock.strike("2026-02-05 00:01")
    closed = await the_alert(in_transaction, quiet)
    assert (closed.status, closed.closed_at, closed.figures.value) == (AlertStatus.CLOSED, clock.now, 2.0)

    for day in ("06", "07", "08", "09", "10"):
        await clock.strike(f"2026-02-{day} 00:01")
    assert len(await all_alerts(in_transaction, quiet)) == 1
    await clock.strike("2026-02-11 00:01")
    again, first = await all_alerts(in_transaction, quiet)
    assert (again.status, first.id, again.figures.value) == (AlertStatus.OPEN, opened.id, 1.0)
    assert await told(database, quiet) == ["opened", "closed", "opened"]


async def test_a_replica_that_was_away_judges_when_it_is_back(
    in_transaction: Transactions, clock: Clock, quiet: Brand
) -> None:
    await clock.strike("2026-02-20 08:00")
    assert (await the_alert(in_transaction, quiet)).figures.to_date == date(2026, 2, 19)
    await clock.strike("2026-02-21 00:01")
    assert (await the_alert(in_transaction, quiet)).figures.to_date == date(2026, 2, 20)


async def test_two_judge_at_once(in_transaction: Transactions, database: Database, quiet: Brand) -> None:
    now = moment("2026-02-03 00:01")

    async def judge(at: datetime) -> None:
        async with in_transaction(quiet.tenant_id) as uow:
            await judge_groups(uow, at)

    await asyncio.gather(*(judge(now) for _ in range(6)))
    assert (await the_alert(in_transaction, quiet)).status is AlertStatus.OPEN
    assert await told(database, quiet) == ["opened"]
    enough = [*messages("2026-02-02", 59), *messages("2026-02-03", 59)]
    await record(in_transaction, quiet, enough, now)
    await asyncio.gather(*(judge(moment("2026-02-04 00:01")) for _ in range(6)))
    assert await told(database, quiet) == ["opened", "closed"]


async def test_two_replicas_fire_the_same_timer(
    in_transaction: Transactions, database: Database, quiet: Brand
) -> None:
    now = moment("2026-02-03 00:01")
    replicas = [TimerLoop(database, in_transaction, TIMERS, clock=lambda: now) for _ in range(3)]
    await asyncio.gather(*(replica.fire_due() for replica in replicas))
    assert await told(database, quiet) == ["opened"]


async def test_the_database_holds_one_standing_alert_per_subject(
    in_transaction: Transactions, clock: Clock, quiet: Brand
) -> None:
    await clock.strike("2026-02-03 00:01")
    alert = await the_alert(in_transaction, quiet)
    with pytest.raises(IntegrityError):
        async with in_transaction(quiet.tenant_id) as uow:
            await uow.alerts.save([replace(alert, id=new_id())])


async def test_unknown_closes_and_keeps_the_last_figures(
    in_transaction: Transactions, database: Database, clock: Clock, quiet: Brand
) -> None:
    """Everybody left: a week later there is nobody to be ill."""
    await clock.strike("2026-02-03 00:01")
    await record(
        in_transaction, quiet, [did(Kind.LEFT, "li", "2026-02-03 10:00")], moment("2026-02-03 10:00")
    )
    await clock.strike("2026-02-10 00:01")
    assert (await the_alert(in_transaction, quiet)).status is AlertStatus.OPEN
    await clock.strike("2026-02-11 00:01")
    closed = await the_alert(in_transaction, quiet)
    assert (closed.status, closed.figures.to_date) == (AlertStatus.CLOSED, date(2026, 2, 9))
    assert await told(database, quiet) == ["opened", "closed"]


async def test_members_about_to_leave(in_transaction: Transactions, clock: Clock, quiet: Brand) -> None:
    """Four messages of three members in a week are fewer than 1.5 each."""
    await apply(in_transaction, quiet, replace(QUIET, thresholds=CALM, risk_messages_per_member=1.5), 1)
    acts = [did(Kind.JOINED, name, "2026-02-02 10:00") for name in ("wang", "zhao")]
    await record(in_transaction, quiet, [*acts, *messages("2026-02-02", 4)], moment("2026-02-02 11:00"))
    await clock.strike("2026-02-03 00:01")
    alert = await the_alert(in_transaction, quiet)
    assert (alert.subject.kind, alert.subject.indicator) == (AlertKind.AT_RISK_OF_LEAVING, None)
    assert alert.figures == Figures(4, 3, 4 / 3, 1.5, date(2026, 1, 27), date(2026, 2, 2))
    await record(in_transaction, quiet, messages("2026-02-03", 5), moment("2026-02-03 11:00"))
    await clock.strike("2026-02-04 00:01")
    assert (await the_alert(in_transaction, quiet)).status is AlertStatus.CLOSED


async def test_late_data_judge_again_within_minutes(
    in_transaction: Transactions, clock: Clock, quiet: Brand
) -> None:
    await clock.strike("2026-02-03 00:01")
    today, late = messages("2026-02-03", 20), messages("2026-02-01", 14)
    await record(in_transaction, quiet, today, moment("2026-02-03 11:00"))
    await clock.strike("2026-02-03 11:30")
    assert (await the_alert(in_transaction, quiet)).figures.value == 0
    await record(in_transaction, quiet, late[:7], moment("2026-02-03 12:00:10"))
    await record(in_transaction, quiet, late[7:], moment("2026-02-03 12:00:50"))
    await clock.strike("2026-02-03 12:00:59")
    assert (await the_alert(in_transaction, quiet)).figures.value == 0
    await clock.strike("2026-02-03 12:01")
    assert (await the_alert(in_transaction, quiet)).status is AlertStatus.CLOSED


async def test_what_is_too_old_for_any_window_wakes_nobody(
    in_transaction: Transactions, database: Database, clock: Clock, quiet: Brand
) -> None:
    await clock.strike("2026-02-03 00:01")
    await record(in_transaction, quiet, messages("2025-11-04", 1), clock.now)
    async with database.session(quiet.tenant_id) as session:
        keys = await session.connection.execute(text("select key from timers where kind = 'judgement-due'"))
        assert list(keys.scalars()) == ["close 2026-02-03"]


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


async def test_many_groups_take_as_many_statements_as_one(
    in_transaction: Transactions, database: Database, quiet: Brand
) -> None:
    """Sixty ill groups: their alerts open, follow and close together."""
    names = [f"g{number}" for number in range(60)]
    await register(in_transaction, quiet, *names, now=moment("2026-02-02 12:00"))
    joined = [did(Kind.JOINED, "li", "2026-02-02 10:00", group=name) for name in names]
    await record(in_transaction, quiet, joined, moment("2026-02-02 10:00"))
    enough = [act for name in names for act in messages("2026-02-04", 14, name)]
    took: list[int] = []
    statements: list[str] = []

    def note(*args: Any) -> None:
        statements.append(args[2])

    engine = database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for day in ("03", "04", "05"):
            if day == "05":
                await record(in_transaction, quiet, enough, moment("2026-02-04 11:00"))
            async with in_transaction(quiet.tenant_id) as uow:
                statements.clear()
                await judge_groups(uow, moment(f"2026-02-{day} 00:01"))
                took.append(len(statements))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert max(took) <= 8, took
    assert await told(database, quiet) == ["opened"] * 61 + ["closed"] * 60


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
