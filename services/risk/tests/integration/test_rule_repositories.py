"""Rules, points and response times, asked of the fake and of PostgreSQL alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.consumer import Received
from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.testbed.tenants import register
from quanzi.inbound.v1.activity_pb2 import MESSAGE_CONTENT_STICKER
from risk.adapters.default_rules import default_rule_set
from risk.application.confirm_moderator_task import confirm_moderator_task
from risk.application.label_ports import Period
from risk.application.ports import Listing, Transactions
from risk.application.preview_rules import preview_rules
from risk.application.read_points import point_balances, point_entries
from risk.application.update_rule_set import update_group_rules, update_rule_set
from risk.domain.activity_kind import ActivityKind
from risk.domain.errors import StaleVersion
from risk.domain.ladder import LadderAction
from risk.domain.points import PointReason
from risk.domain.response_times import Responder, ResponseGrain, ResponseTimes
from risk.domain.rule_set import GroupRules, RuleSet
from risk.domain.rules import EncouragedRule, FlexibleRule, MandatoryRule
from risk.domain.verdict import RiskCategory, Verdict
from risk.entrypoints.consumers import activities_handler

from ..samples import ADVERT, NOW, earned, message
from ..unit.fakes import FakeTransactions
from .conftest import SCREENERS, screen
from .door import activity

RULES = (
    MandatoryRule("ads", "广告", (RiskCategory.ADVERT,), Verdict.REVIEW, (LadderAction.MUTE,), 5, 10),
    EncouragedRule("like", "点赞", (ActivityKind.LIKE, ActivityKind.SHARE), 1, 10, enabled=False),
    FlexibleRule("cheer", "加油", 2, ("加油", "冲"), stickers=True, ladder=(LadderAction.WARN,)),
)
DAY = timedelta(days=1)
PERIOD = Period(NOW - 30 * DAY, NOW + 30 * DAY, "Asia/Shanghai")


@pytest.fixture(params=["fake", "sql"])
async def transactions(request: pytest.FixtureRequest, database: Database, tenant_id: UUID) -> Transactions:
    if request.param == "fake":
        return FakeTransactions()
    await register(database, tenant_id)
    sql: Transactions = request.getfixturevalue("sql_transactions")
    return sql


async def test_rules_by_version(transactions: Transactions, tenant_id: UUID) -> None:
    async with transactions(tenant_id) as uow:
        assert await uow.rule_sets.current() == default_rule_set()
        for version in range(3):
            wanted = RuleSet(0, RULES[version:], strikes_per_rule=True, reminder_minutes=5)
            await update_rule_set(uow, wanted, version, "ann", NOW)
        current = await uow.rule_sets.current()
        assert current == RuleSet(3, RULES[2:], True, 5, NOW, "ann")
        with pytest.raises(StaleVersion):
            await uow.rule_sets.add(current)
        first = await uow.rule_sets.page(PageRequest(2))
        rest = await uow.rule_sets.page(PageRequest(2, after=first.keys[-1]))
        assert [it.version for it in (*first.items, *rest.items)] == [3, 2, 1]
        assert rest.items[0].rules == RULES


async def test_stickers_have_a_quota_whether_they_are_told_by_text_or_not(
    transactions: Transactions, tenant_id: UUID
) -> None:
    """Twenty a day; a picture that is no sticker counts for nothing."""
    member_id, group_id = str(new_id()), str(new_id())
    told = (
        *({"content": MESSAGE_CONTENT_STICKER} for _ in range(10)),
        *({"text": "[微笑]"} for _ in range(10)),
        *({}, {"content": MESSAGE_CONTENT_STICKER}),
    )
    sent = [activity(**{"text": "", **it, "member_id": member_id, "group_id": group_id}) for it in told]
    handle = activities_handler(SCREENERS, [], lambda: NOW)
    async with transactions(tenant_id) as uow:
        for number, it in enumerate(sent):
            at = NOW + number * timedelta(minutes=1)
            await handle(uow, [Received(it.activity_id, "activity", tenant_id, at, None, it)])
        decided = await uow.decisions.many([UUID(it.activity_id) for it in sent])
    [excess] = [it for it in decided if it.is_flagged]
    assert (excess.activity_id, excess.flexible_rule) == (UUID(sent[-1].activity_id), "stickers")
    assert sum(it.flexible_rule == "stickers" for it in decided) == 21


async def test_rules_of_groups_by_version(transactions: Transactions, tenant_id: UUID) -> None:
    one, other = new_id(), new_id()
    async with transactions(tenant_id) as uow:
        await update_group_rules(uow, GroupRules(one, rules=RULES), 0, "ann", NOW)
        await update_group_rules(uow, GroupRules(one, rules=RULES[:1]), 1, "bob", NOW)
        newest = await uow.rule_sets.of_groups([one, other])
        assert newest == {one: GroupRules(one, 2, RULES[:1], NOW, "bob")}
        with pytest.raises(StaleVersion):
            await uow.rule_sets.add_of_group(newest[one])


async def test_the_ledger(transactions: Transactions, tenant_id: UUID) -> None:
    member_id, other_id = new_id(), new_id()
    entries = [
        earned(member_id),
        earned(member_id, 5),
        earned(member_id, 1, NOW.date() - DAY),
        earned(other_id, 3),
    ]
    async with transactions(tenant_id) as uow:
        assert await uow.points.book(entries) == entries
        assert await uow.points.book([*entries[:2], late := earned(other_id)]) == [late]
        undone = entries[0].reversal(NOW + DAY)
        assert await uow.points.book([undone]) == [undone]
        assert await uow.points.book([entries[0].reversal(NOW + 2 * DAY)]) == []
        assert await uow.points.of_activities([undone.activity_id], PointReason.REVERSED) == [undone]
        assert await uow.points.earned([member_id], NOW.date(), NOW.date()) == {
            (member_id, "post", NOW.date()): 2
        }
        asked = [member_id, other_id, stranger := new_id()]
        assert await point_balances(uow, asked) == {member_id: 6, other_id: 13, stranger: 0}
        first = await point_entries(uow, member_id, PageRequest(3))
        rest = await point_entries(uow, member_id, PageRequest(3, after=first.keys[-1]))
        found = [*first.items, *rest.items]
        assert found[0] == undone
        assert sorted(found[1:], key=lambda it: it.points) == sorted(entries[:3], key=lambda it: it.points)


async def test_quotas_end_with_the_local_day(transactions: Transactions, tenant_id: UUID) -> None:
    member_id, group_id = new_id(), new_id()
    last_minute = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)
    moments = [last_minute] * 4 + [last_minute + timedelta(minutes=1)] * 3
    for at in moments:
        await screen(transactions, tenant_id, [message("祝大家新年快乐", member_id, group_id, at)], NOW)
    async with transactions(tenant_id) as uow:
        [violation] = (await uow.violations.page(PageRequest(9), Listing(), None)).items
        decided = await uow.decisions.page(PageRequest(9), Listing(), Verdict.ALLOW)
    assert violation.rule == "holiday_greetings"
    assert sorted(it.is_flooding for it in decided.items) == [False] * 6 + [True]
    assert {it.flexible_rule for it in decided.items} == {"holiday_greetings"}


async def test_a_quota_across_batches_is_one_flood(transactions: Transactions, tenant_id: UUID) -> None:
    member_id, group_id = new_id(), new_id()
    for size in (1, 4, 2):
        said = [message(f"新年快乐{n}", member_id, group_id, NOW - timedelta(minutes=n)) for n in range(size)]
        await screen(transactions, tenant_id, said)
    async with transactions(tenant_id) as uow:
        assert len((await uow.violations.page(PageRequest(9), Listing(), None)).items) == 1
        blocked = await uow.decisions.page(PageRequest(9), Listing(), Verdict.BLOCK)
    assert len(blocked.items) == 4


async def test_what_is_previewed(transactions: Transactions, tenant_id: UUID) -> None:
    group_id = new_id()
    history = message(ADVERT, group_id=group_id, occurred_at=NOW - 2 * DAY)
    alone = replace(message(ADVERT), group_id=None)
    await screen(transactions, tenant_id, [history, alone, message(ADVERT, group_id=group_id)])
    await screen(transactions, tenant_id, [message(ADVERT, group_id=group_id)], NOW - 8 * DAY)
    async with transactions(tenant_id) as uow:
        preview = (await preview_rules(uow, (), group_id, 7, NOW)).preview
        assert (preview.messages, preview.fewer) == (1, 0)
        preview = (await preview_rules(uow, RULES[1:], None, 7, NOW)).preview
        assert (preview.messages, preview.fewer, preview.samples[0].after) == (1, 1, "")


async def test_response_times(transactions: Transactions, tenant_id: UUID) -> None:
    monday = datetime(2026, 11, 15, 17, tzinfo=UTC)
    one, other = new_id(), new_id()
    handled = [(one, 0, 60, "ann"), (one, 0, 120, "bob"), (other, 1, 600, "ann"), (other, 7, 30, "ann")]
    for group_id, days, seconds, moderator in handled:
        opened_at = monday + days * DAY
        await screen(
            transactions, tenant_id, [message(ADVERT, group_id=group_id, occurred_at=opened_at)], opened_at
        )
        async with transactions(tenant_id) as uow:
            task = (await uow.moderator_tasks.page(PageRequest(99), None, None)).items[-1]
            await confirm_moderator_task(uow, task.id, moderator, opened_at + timedelta(seconds=seconds))
    await screen(transactions, tenant_id, [message(ADVERT, group_id=one, occurred_at=monday)], monday)

    async with transactions(tenant_id) as uow:
        times = uow.response_times
        daily = await times.series(PERIOD, ResponseGrain.DAY, Responder.TENANT, None)
        assert [(it.start.day, it.times.violations, it.times.median_seconds) for it in daily] == [
            (16, 3, 90.0),
            (17, 1, 600.0),
            (23, 1, 30.0),
        ]
        assert (daily[0].times.handled, daily[0].times.p90_seconds) == (2, pytest.approx(114.0))
        weekly = await times.series(PERIOD, ResponseGrain.WEEK, Responder.MODERATOR, None)
        assert [(it.start.day, it.responder, it.times.handled) for it in weekly] == [
            (16, "ann", 2),
            (16, "bob", 1),
            (23, "ann", 1),
        ]
        monthly = await times.series(PERIOD, ResponseGrain.MONTH, Responder.GROUP, one)
        assert [(it.start.day, it.responder, it.times.violations) for it in monthly] == [(1, str(one), 3)]
        compared = await times.compared(PERIOD, monday + 7 * DAY, Responder.TENANT)
        assert [(it.before.violations, it.after, it.change) for it in compared] == [
            (4, ResponseTimes(1, 1, 30.0, 30.0), pytest.approx(30 / 120 - 1))
        ]


async def test_a_reminder_is_taken_once(transactions: Transactions, tenant_id: UUID) -> None:
    await screen(transactions, tenant_id, [message(ADVERT), message(ADVERT)])
    async with transactions(tenant_id) as uow:
        tasks = (await uow.moderator_tasks.page(PageRequest(9), None, None)).items
        ids = [task.id for task in tasks]
        assert {task.reminded_at for task in await uow.moderator_tasks.remind(ids, NOW)} == {NOW}
        assert await uow.moderator_tasks.remind(ids, NOW) == []
        await uow.moderator_tasks.save(tasks[0].assign("ann"), was=tasks[0])
        assert (await uow.moderator_tasks.get(ids[0])).assignee == "ann"
        place = {it.member_id for it in tasks}
        opened = await uow.violations.last_opened(place, NOW - DAY)
        assert {(member, rule, at) for (member, _, rule), at in opened.items()} == {
            (member, "no_malicious_marketing", NOW) for member in place
        }
