"""Groups are judged: alerts open once, follow their figures, close themselves; time is passed in."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from chassis.database import Database
from chassis.ids import new_id
from chassis.timer_loop import TimerLoop
from segmentation.application.judge_groups import judge_groups
from segmentation.application.ports import Transactions
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.alerts import AlertKind, AlertStatus, Figures
from segmentation.domain.indicator_policy import (
    IndicatorKind,
)
from segmentation.entrypoints.timers import TIMERS

from ..samples import Brand
from .alerting import CALM, QUIET, Clock, all_alerts, apply, messages, the_alert, told
from .moments import did, moment, record, register


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

    async def replica() -> None:
        timers = TimerLoop(database, in_transaction, TIMERS, clock=lambda: now)
        while await timers.fire_due():
            pass

    await asyncio.gather(*(replica() for _ in range(3)))
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
