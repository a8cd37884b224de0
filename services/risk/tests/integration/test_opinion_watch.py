"""The watch on opinion, asked of the fake and of PostgreSQL alike."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.testbed.tenants import register
from risk.application.acknowledge_incident import acknowledge_incident
from risk.application.close_incident import close_incident
from risk.application.complete_plan_step import complete_plan_step
from risk.application.escalate_incidents import escalate_incidents
from risk.application.plot_opinion import Plot, plot_opinion
from risk.application.ports import Transactions
from risk.application.read_incidents import read_incidents
from risk.application.screen_messages import screen_messages
from risk.application.update_opinion_policy import update_opinion_policy
from risk.domain.case import CaseKind
from risk.domain.errors import IncidentClosed, IncidentNotFound, InvalidPeriod, StaleVersion
from risk.domain.opinion_counts import BUCKET, EVERYWHERE, Counts, bucket_of
from risk.domain.opinion_incident import IncidentStatus, IncidentStepKind, Review
from risk.domain.opinion_plan import OwnerRole, PlanTask, Severity
from risk.domain.opinion_policy import OpinionPolicy

from ..samples import ADVERT, NOW, message
from ..unit.fakes import FakeTransactions
from ..unit.opinion_scenes import (
    BAD,
    BEGIN,
    CALM,
    COUNTING,
    HOUR,
    WORSE,
    all_incidents,
    calm_week,
    judged,
    said,
)
from .conftest import SCREENERS

QUARTER = 3 * BUCKET
REVIEW = Review("批次异味", "下架并补发")
OPEN, ACKNOWLEDGED, CLOSED = IncidentStatus


@pytest.fixture(params=["fake", "sql"])
async def transactions(request: pytest.FixtureRequest, database: Database, tenant_id: UUID) -> Transactions:
    await register(database, tenant_id)
    if request.param == "fake":
        return FakeTransactions()
    chosen: Transactions = request.getfixturevalue("sql_transactions")
    return chosen


async def test_what_members_say_is_counted(transactions: Transactions, tenant_id: UUID) -> None:
    group = new_id()
    late = NOW - timedelta(hours=30)
    sent = [
        message("今天的面膜很好用", group_id=group),
        message("质量太差了，我要投诉", group_id=group),
        message("太差", group_id=new_id()),
        message(ADVERT, group_id=group),
        message("差", group_id=group, occurred_at=late),
    ]
    for _ in range(2):
        async with transactions(tenant_id) as uow:
            await screen_messages(uow, SCREENERS, [COUNTING], sent, NOW)
    async with transactions(tenant_id) as uow:
        hours = await uow.opinions.hours(late, NOW + HOUR)
    assert hours[group, NOW] == Counts(2, 1, 1)
    assert hours[EVERYWHERE, NOW] == Counts(3, 2, 1)
    assert len(hours) == 3


async def test_what_is_usual_is_learnt_by_hour_of_the_week(
    transactions: Transactions, tenant_id: UUID
) -> None:
    group = new_id()
    now = await calm_week(transactions, tenant_id, group)
    async with transactions(tenant_id) as uow:
        watch = await uow.opinions.hold_watch(now)
        past = await uow.opinions.past({group, EVERYWHERE, new_id()}, {8, 9})
    assert (watch.since, watch.learnt_until, watch.judged_until) == (BEGIN, now - HOUR, now)
    assert past.keys() == {group, EVERYWHERE}
    assert past[group].by_hour.keys() == {8, 9}
    assert past[group].by_hour[8].counts == Counts(120, 12, 0)
    assert past[group].all_hours.hours == (now - HOUR - BEGIN) / HOUR
    assert await all_incidents(transactions, tenant_id) == []


async def test_the_newest_texts_of_several_scopes(transactions: Transactions, tenant_id: UUID) -> None:
    here, there = new_id(), new_id()
    for minute, (words, group) in enumerate([("一", here), ("二", there), ("三", here), ("四", here)]):
        async with transactions(tenant_id) as uow:
            now = NOW + timedelta(minutes=minute)
            await screen_messages(uow, SCREENERS, [], [message(words, group_id=group)], now)
    async with transactions(tenant_id) as uow:
        found = await uow.opinions.newest_texts([here, there, EVERYWHERE, new_id()], NOW, 2)
    texts = {scope: [it.masked_text for it in kept] for scope, kept in found.items() if kept}
    assert texts == {here: ["四", "三"], there: ["二"], EVERYWHERE: ["四", "三"]}


async def test_a_crisis_from_its_outbreak_to_its_review(transactions: Transactions, tenant_id: UUID) -> None:
    group = new_id()
    now = await calm_week(transactions, tenant_id, group)
    async with transactions(tenant_id) as uow:
        await screen_messages(uow, SCREENERS, [], [message("太差了，我电话13800138000", group_id=group)], now)
        await said(uow, group, now, now + QUARTER, BAD)
    now += QUARTER
    await judged(transactions, tenant_id, now, now)
    opened = await all_incidents(transactions, tenant_id)
    assert {it.scope_id for it in opened} == {group, EVERYWHERE}
    [it] = [it for it in opened if it.scope_id == group]
    assert (it.status, it.opened_at, it.severity) == (OPEN, now, Severity.SERIOUS)
    async with transactions(tenant_id) as uow:
        [file] = await read_incidents(uow, [it])
        case = await uow.cases.about(CaseKind.OPINION_INCIDENT, it.id)
    assert [step.kind for step in file.steps] == [IncidentStepKind.OPENED]
    assert [sample.masked_text for sample in file.samples] == ["太差了，我电话138******00"]
    assert case is not None
    assert (case.group_id, case.evidence.masked_text) == (group, file.steps[0].text)

    assert it.acknowledge_by is not None
    for waited in (BUCKET, it.acknowledge_by - now):
        async with transactions(tenant_id) as uow:
            await escalate_incidents(uow, [it.id, new_id()], now + waited)
    async with transactions(tenant_id) as uow:
        await said(uow, group, now, now + QUARTER, WORSE)
    await judged(transactions, tenant_id, now + QUARTER)
    async with transactions(tenant_id) as uow:
        taken = await acknowledge_incident(uow, it.id, "ann", now + QUARTER)
        assert await acknowledge_incident(uow, it.id, "bob", now + HOUR) == taken
        done = await complete_plan_step(uow, it.id, 1, "ann", "已安抚", now + HOUR)
        assert await complete_plan_step(uow, it.id, 1, "bob", "", now + HOUR) == done
        await close_incident(uow, it.id, "ann", REVIEW, now + 2 * HOUR)
    async with transactions(tenant_id) as uow:
        [closed] = await uow.opinion_incidents.many([it.id])
        [file] = await read_incidents(uow, [closed])
        with pytest.raises(IncidentClosed):
            await acknowledge_incident(uow, it.id, "ann", now)
        with pytest.raises(IncidentNotFound):
            await close_incident(uow, new_id(), "ann", REVIEW, now)
    assert (closed.status, closed.severity, closed.review) == (CLOSED, Severity.CRITICAL, REVIEW)
    assert (closed.escalations, closed.acknowledged_by, closed.plan[0].done_by) == (1, "ann", "ann")
    assert [step.kind.name for step in file.steps] == [
        *("OPENED", "ESCALATED", "ROSE", "ACKNOWLEDGED", "TASK_DONE", "CLOSED")
    ]


async def test_it_closes_itself_when_it_is_calm_and_opens_again(
    transactions: Transactions, tenant_id: UUID
) -> None:
    group = new_id()
    now = await calm_week(transactions, tenant_id, group)
    async with transactions(tenant_id) as uow:
        await said(uow, group, now, now + QUARTER, BAD)
        await said(uow, group, now + QUARTER, now + 12 * HOUR, CALM)
        await said(uow, group, now + 12 * HOUR, now + 12 * HOUR + QUARTER, BAD)
    ticks = [now + BUCKET * number for number in range(3, 5 * 12)]
    await judged(transactions, tenant_id, *ticks, now + 12 * HOUR + QUARTER)
    of_group = [it for it in await all_incidents(transactions, tenant_id) if it.scope_id == group]
    assert [it.status for it in of_group] == [CLOSED, OPEN]
    async with transactions(tenant_id) as uow:
        reviewed = await close_incident(uow, of_group[0].id, "ann", REVIEW, now + 13 * HOUR)
        page = await uow.opinion_incidents.page(PageRequest(1, count_total=True), [CLOSED], group)
        every = await uow.opinion_incidents.page(PageRequest(1), (), None)
        [file] = await read_incidents(uow, [reviewed])
        later = await uow.opinion_incidents.page(PageRequest(9, every.keys[0]), (), None)
    assert (page.items, page.total_count, every.has_next_page) == ([reviewed], 1, True)
    assert [it.id for it in (*every.items, *later.items)] == sorted(
        (it.id for it in await all_incidents(transactions, tenant_id)), reverse=True
    )
    assert [step.kind.name for step in file.steps] == ["OPENED", "CLOSED", "REVIEWED"]
    assert (reviewed.closed_by, reviewed.closed_at) == ("ann", of_group[0].closed_at)


async def test_what_was_said_before_a_closing_is_over(transactions: Transactions, tenant_id: UUID) -> None:
    group = new_id()
    now = await calm_week(transactions, tenant_id, group)
    async with transactions(tenant_id) as uow:
        await said(uow, group, now, now + QUARTER, BAD)
        await said(uow, group, now + QUARTER, now + HOUR, CALM)
        await said(uow, group, now + HOUR, now + HOUR + QUARTER, BAD)
    await judged(transactions, tenant_id, now + QUARTER)
    for it in await all_incidents(transactions, tenant_id):
        async with transactions(tenant_id) as uow:
            await close_incident(uow, it.id, "ann", REVIEW, now + QUARTER)
    await judged(transactions, tenant_id, *(now + BUCKET * number for number in range(4, 13)))
    assert {it.status for it in await all_incidents(transactions, tenant_id)} == {CLOSED}
    await judged(transactions, tenant_id, now + HOUR + QUARTER)
    assert [it.status for it in await all_incidents(transactions, tenant_id)] == [CLOSED, CLOSED, OPEN, OPEN]


async def test_a_crisis_teaches_nothing_about_its_scope(transactions: Transactions, tenant_id: UUID) -> None:
    group = new_id()
    now = await calm_week(transactions, tenant_id, group)
    async with transactions(tenant_id) as uow:
        await said(uow, group, now, now + HOUR, BAD)
    ticks = [now + BUCKET * number for number in range(1, 36)]
    await judged(transactions, tenant_id, *ticks)
    async with transactions(tenant_id) as uow:
        past = await uow.opinions.past({group}, range(168))
    shares = {it.counts.negatives / it.counts.messages for it in past[group].by_hour.values()}
    assert shares == {0.1}


async def test_a_series_to_plot(transactions: Transactions, tenant_id: UUID) -> None:
    group = new_id()
    now = await calm_week(transactions, tenant_id, group)
    async with transactions(tenant_id) as uow:
        found = await plot_opinion(uow, Plot(group, now - HOUR, now, QUARTER))
        with pytest.raises(InvalidPeriod) as refused:
            await plot_opinion(uow, Plot(group, BEGIN, now + 100 * HOUR, BUCKET))
    assert refused.value.field == "until"
    assert [point.at for point in found] == [now - HOUR + QUARTER * number for number in range(4)]
    assert {point.seen for point in found} == {Counts(30, 3, 0)}
    assert all(point.negatives_threshold and 5 < point.negatives_threshold <= 30 for point in found)
    assert found[0].usual.messages == pytest.approx(30, rel=0.01)


async def test_the_policy_of_the_tenant(transactions: Transactions, tenant_id: UUID) -> None:
    task = PlanTask(Severity.MODERATE, OwnerRole.LEGAL, "先看合同", 10)
    wanted = OpinionPolicy(calm_minutes=10, plan=(task,))
    async with transactions(tenant_id) as uow:
        assert await uow.opinion_policies.current() == OpinionPolicy()
        updated = await update_opinion_policy(uow, wanted, 0, NOW)
        assert await uow.opinion_policies.current() == updated
        with pytest.raises(StaleVersion):
            await update_opinion_policy(uow, wanted, 0, NOW)
    group = new_id()
    now = await calm_week(transactions, tenant_id, group)
    async with transactions(tenant_id) as uow:
        await said(uow, group, now, now + QUARTER, BAD)
    await judged(transactions, tenant_id, now + QUARTER)
    opened = await all_incidents(transactions, tenant_id)
    assert {step.text for it in opened for step in it.plan} == {"先看合同"}


async def test_a_silent_tenant_is_asked_about_no_more(transactions: Transactions, tenant_id: UUID) -> None:
    group = new_id()
    now = await calm_week(transactions, tenant_id, group)
    async with transactions(tenant_id) as uow:
        await said(uow, group, now, now + QUARTER, BAD)
    await judged(transactions, tenant_id, now + QUARTER, now + timedelta(days=60))
    assert {it.status for it in await all_incidents(transactions, tenant_id)} == {CLOSED}
    async with transactions(tenant_id) as uow:
        watch = await uow.opinions.hold_watch(now)
    assert watch.judged_until == bucket_of(now + timedelta(days=60))
    assert watch.learnt_until > now + timedelta(days=30)


async def test_counts_are_forgotten(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    await register(database, tenant_id)
    await calm_week(sql_transactions, tenant_id, new_id())
    await judged(sql_transactions, tenant_id, BEGIN + timedelta(days=93, hours=1))
    async with database.session(tenant_id) as session:
        oldest = (
            await session.connection.execute(text("select min(bucket_at) from opinion_counts"))
        ).scalar_one()
    assert oldest == BEGIN + timedelta(days=3, hours=1)
