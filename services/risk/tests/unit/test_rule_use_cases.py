"""What follows from rules, with everything in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from risk.adapters.default_rules import default_rule_set
from risk.adapters.screeners import CachedScreeners
from risk.application.assign_moderator_task import assign_moderator_task
from risk.application.award_points import reward_acts
from risk.application.confirm_moderator_task import confirm_moderator_task
from risk.application.ports import TASK_DEADLINE
from risk.application.preview_rules import preview_rules
from risk.application.read_points import point_balances
from risk.application.remind_of_tasks import remind_of_tasks
from risk.application.reverse_act import reverse_act
from risk.application.review_violation import review_violation
from risk.application.rule_ports import TASK_REMINDER
from risk.application.screen_messages import screen_messages
from risk.application.update_rule_set import update_group_rules, update_rule_set
from risk.bootstrap import follow_ups
from risk.domain import events
from risk.domain.activity_kind import ActivityKind
from risk.domain.decision import Message
from risk.domain.errors import ChangedMeanwhile, StaleVersion, TaskNotPending
from risk.domain.ladder import LadderAction
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.points import Act, PointReason
from risk.domain.rule_set import GroupRules, RuleSet
from risk.domain.rules import FlexibleRule, MandatoryRule, Rule
from risk.domain.verdict import RiskCategory, Verdict
from risk.domain.violation import Violation

from ..samples import ADVERT, DEFAULT_WORDS, NORMALISER, NOW, SPELLINGS, message
from .case_fakes import NOTHING_DRAWN
from .fakes import FakeUnitOfWork, Rows

SCREENERS = CachedScreeners(NORMALISER, DEFAULT_WORDS, SPELLINGS)
FOLLOW_UPS = follow_ups()
MEMBER, GROUP = new_id(), new_id()
ADVERTS = MandatoryRule("no_malicious_marketing", "禁止广告", (RiskCategory.ADVERT,))
ABUSE = MandatoryRule("no_abuse", "禁止辱骂", (RiskCategory.ABUSE,))
SENSITIVE = MandatoryRule("no_sensitive_content", "敏感内容", (RiskCategory.FRAUD,))
ALL_ALLOWED = (replace(ADVERTS, enabled=False), replace(SENSITIVE, enabled=False))
INSULT = "你这个傻逼"


@pytest.fixture
def uow() -> FakeUnitOfWork:
    rows = Rows(new_id())
    rows.of_cases.policies.append(NOTHING_DRAWN)
    return FakeUnitOfWork(rows)


async def screen(uow: FakeUnitOfWork, *messages: Message, now: datetime = NOW) -> list[Violation]:
    """Violations opened by them."""
    before = set(uow.rows.violations)
    await screen_messages(uow, SCREENERS, FOLLOW_UPS, messages, now)
    return [violation for it, violation in uow.rows.violations.items() if it not in before]


async def rule(uow: FakeUnitOfWork, *rules: Rule, per_rule: bool = False) -> None:
    version = (await uow.rule_sets.current()).version
    await update_rule_set(uow, RuleSet(0, rules, strikes_per_rule=per_rule), version, "ann", NOW)


async def task_of(uow: FakeUnitOfWork, violation: Violation) -> ModeratorTask:
    [task] = await uow.moderator_tasks.of_violations([violation.id])
    return task


def posts(count: int, kind: ActivityKind = ActivityKind.UGC, text: str = "面膜真好用") -> list[Message]:
    """One minute after the other."""
    return [
        replace(message(f"{text}{n}", MEMBER, GROUP, NOW - timedelta(minutes=count - n)), kind=kind)
        for n in range(count)
    ]


async def test_the_override_of_a_group_wins(uow: FakeUnitOfWork) -> None:
    await update_group_rules(uow, GroupRules(GROUP, rules=ALL_ALLOWED), 0, "ann", NOW)
    assert await screen(uow, message(ADVERT, group_id=GROUP)) == []
    [violation] = await screen(uow, message(ADVERT))
    assert violation.rule == "no_malicious_marketing"
    assert uow.rows.of(events.RuleSetChanged) == [events.RuleSetChanged(GROUP, 1)]
    await update_group_rules(uow, GroupRules(GROUP), 1, "ann", NOW)
    assert len(await screen(uow, message(ADVERT, group_id=GROUP))) == 1


async def test_rules_are_changed_by_the_one_who_read_the_last(uow: FakeUnitOfWork) -> None:
    changed = await update_rule_set(uow, RuleSet(0, (ADVERTS,)), 0, "ann", NOW)
    assert (changed.version, changed.changed_by, changed.changed_at) == (1, "ann", NOW)
    for refused in (
        update_rule_set(uow, RuleSet(0, ()), 0, "bob", NOW),
        update_group_rules(uow, GroupRules(GROUP), 1, "bob", NOW),
    ):
        with pytest.raises(StaleVersion):
            await refused
    assert uow.rows.of(events.RuleSetChanged) == [events.RuleSetChanged(None, 1)]


async def test_a_rule_has_a_ladder_of_its_own(uow: FakeUnitOfWork) -> None:
    await rule(uow, replace(ADVERTS, ladder=(LadderAction.REMOVE,)))
    [violation] = await screen(uow, message(ADVERT))
    assert violation.action is LadderAction.REMOVE


@pytest.mark.parametrize(("per_rule", "strikes"), [(False, [1, 2, 3]), (True, [1, 1, 2])])
async def test_strikes_of_all_rules_or_of_each(
    uow: FakeUnitOfWork, per_rule: bool, strikes: list[int]
) -> None:
    await rule(uow, ADVERTS, ABUSE, per_rule=per_rule)
    said = [ADVERT, INSULT, ADVERT]
    opened = [
        violation
        for n, text in enumerate(said)
        for violation in await screen(uow, message(text, MEMBER, GROUP), now=NOW + timedelta(minutes=n))
    ]
    assert [it.strike for it in opened] == strikes


async def test_further_breaches_belong_to_a_violation_for_a_while(uow: FakeUnitOfWork) -> None:
    await rule(uow, replace(ADVERTS, once_within_minutes=60))
    assert len(await screen(uow, *(message(ADVERT, MEMBER, GROUP) for _ in range(3)))) == 1
    later = NOW + timedelta(minutes=59)
    assert await screen(uow, message(ADVERT, MEMBER, GROUP, later), now=later) == []
    assert len(await screen(uow, message(ADVERT, MEMBER, new_id(), later), now=later)) == 1
    again = NOW + timedelta(minutes=60)
    [second] = await screen(uow, message(ADVERT, MEMBER, GROUP, again), now=again)
    assert second.strike == 3


async def test_a_strict_rule_makes_a_violation_of_a_doubt(uow: FakeUnitOfWork) -> None:
    await rule(uow, replace(ADVERTS, least_verdict=Verdict.REVIEW))
    [violation] = await screen(uow, message("做兼职的来"))
    assert violation.verdict is Verdict.REVIEW


async def test_greetings_above_the_quota_are_one_flood(uow: FakeUnitOfWork) -> None:
    greetings = posts(5, ActivityKind.MESSAGE, "祝大家新年快乐")
    assert await screen(uow, *greetings[:3]) == []
    [violation] = await screen(uow, *greetings[3:])
    assert (violation.rule, violation.activity_id) == ("holiday_greetings", greetings[3].activity_id)
    assert violation.category is RiskCategory.FLOODING
    flooding = [it for it in uow.rows.decisions.values() if it.is_flooding]
    assert [it.activity_id for it in flooding] == [it.activity_id for it in greetings[3:]]
    assert await screen(uow, message("新年快乐", MEMBER)) == []
    tomorrow = NOW + timedelta(hours=8)
    assert await screen(uow, message("新年快乐", MEMBER, GROUP, tomorrow), now=tomorrow) == []


async def test_a_quota_of_none(uow: FakeUnitOfWork) -> None:
    ladder = (LadderAction.MUTE,)
    await rule(uow, FlexibleRule("stickers", "表情包", daily_quota=0, stickers=True, ladder=ladder))
    [violation] = await screen(uow, message("[微笑]"))
    assert (violation.rule, violation.action) == ("stickers", LadderAction.MUTE)


async def test_posts_earn_points_up_to_the_limit_unless_blocked(uow: FakeUnitOfWork) -> None:
    blocked = replace(message(ADVERT, MEMBER, GROUP, NOW - timedelta(hours=1)), kind=ActivityKind.UGC)
    batch = [blocked, *posts(5)]
    await screen(uow, *batch)
    await screen(uow, *batch)
    awarded = uow.rows.of(events.PointsBooked)
    assert [it.entry.activity_id for it in awarded] == [it.activity_id for it in batch[1:4]]
    assert await point_balances(uow, [MEMBER]) == {MEMBER: 30}


async def test_likes_earn_points_once_each(uow: FakeUnitOfWork) -> None:
    like = Act(new_id(), MEMBER, GROUP, ActivityKind.LIKE, NOW)
    click = replace(like, activity_id=new_id(), kind=ActivityKind.CLICK)
    old = replace(like, activity_id=new_id(), occurred_at=NOW - timedelta(hours=24))
    for _ in range(2):
        await reward_acts(uow, [like, click, old], NOW)
    assert [it.entry.activity_id for it in uow.rows.of(events.PointsBooked)] == [like.activity_id]


async def test_a_removed_post_loses_its_points_once(uow: FakeUnitOfWork) -> None:
    [post] = posts(1)
    await screen(uow, post)
    first = await reverse_act(uow, post.activity_id, NOW)
    assert await reverse_act(uow, post.activity_id, NOW + timedelta(hours=1)) == first
    assert [(it.reason, it.points) for it in first] == [(PointReason.REVERSED, -10)]
    assert await point_balances(uow, [MEMBER]) == {MEMBER: 0}
    assert await reverse_act(uow, new_id(), NOW) == []
    assert len(uow.rows.of(events.PointsBooked)) == 2


async def test_a_violation_costs_points_and_an_upheld_appeal_gives_them_back(uow: FakeUnitOfWork) -> None:
    await rule(uow, replace(ADVERTS, points=20))
    [violation] = await screen(uow, message(ADVERT, MEMBER, GROUP))
    assert await point_balances(uow, [MEMBER]) == {MEMBER: -20}
    await review_violation(uow, violation.id, stands=False, now=NOW)
    assert await point_balances(uow, [MEMBER]) == {MEMBER: 0}
    assert [it.entry.reason for it in uow.rows.of(events.PointsBooked)] == [
        PointReason.DEDUCTED,
        PointReason.REVERSED,
    ]


async def test_a_task_is_reminded_of_once_while_it_is_open(uow: FakeUnitOfWork) -> None:
    [first], [second] = await screen(uow, message(ADVERT)), await screen(uow, message(ADVERT))
    tasks = [await task_of(uow, it) for it in (first, second)]
    assert uow.rows.timers[TASK_REMINDER, str(tasks[0].id)] == tasks[0].due_at - timedelta(minutes=15)
    await confirm_moderator_task(uow, tasks[1].id, "ann", NOW)
    assert (TASK_REMINDER, str(tasks[1].id)) not in uow.rows.timers
    for _ in range(2):
        await remind_of_tasks(uow, [task.id for task in tasks], NOW)
    [reminded] = uow.rows.of(events.ModeratorTaskReminded)
    assert (reminded.task.id, reminded.task.reminded_at) == (tasks[0].id, NOW)


async def test_without_time_there_is_no_reminder(uow: FakeUnitOfWork) -> None:
    await update_rule_set(uow, RuleSet(0, (ADVERTS,), reminder_minutes=60), 0, "ann", NOW)
    await screen(uow, message(ADVERT))
    assert {kind for kind, _ in uow.rows.timers if kind != "texts-expiry"} >= {TASK_DEADLINE}
    assert not any(kind == TASK_REMINDER for kind, _ in uow.rows.timers)


async def test_a_task_is_given_to_somebody(uow: FakeUnitOfWork) -> None:
    [violation] = await screen(uow, message(ADVERT))
    task = await task_of(uow, violation)
    for _ in range(2):
        assigned = await assign_moderator_task(uow, task.id, "bob", NOW)
    assert assigned.assignee == "bob"
    assert len(uow.rows.of(events.ModeratorTaskAssigned)) == 1
    with pytest.raises(ChangedMeanwhile):
        await uow.moderator_tasks.save(task.assign("eve"), was=task)
    await confirm_moderator_task(uow, task.id, "bob", NOW)
    with pytest.raises(TaskNotPending):
        await assign_moderator_task(uow, task.id, "ann", NOW)


async def test_a_mute_lasts_until_it_ends_or_the_violation_is_reversed(uow: FakeUnitOfWork) -> None:
    await rule(uow, replace(ADVERTS, ladder=(LadderAction.MUTE,)))
    [violation] = await screen(uow, message(ADVERT))
    task = await task_of(uow, violation)
    assert (task.mute_hours, task.muted_until) == (24, None)
    confirmed = await confirm_moderator_task(uow, task.id, "ann", NOW)
    assert confirmed.muted_until == NOW + timedelta(hours=24)
    handled = uow.rows.violations[violation.id]
    await uow.violations.save(handled.appeal("误判"), was=handled)
    await review_violation(uow, violation.id, stands=False, now=NOW + timedelta(hours=1))
    ended = uow.rows.tasks[task.id]
    assert (ended.status, ended.muted_until) == (ModeratorTaskStatus.CONFIRMED, NOW + timedelta(hours=1))


async def _said(uow: FakeUnitOfWork, group_ids: Sequence[UUID]) -> None:
    for group_id in group_ids:
        await screen(uow, message(ADVERT, group_id=group_id), message("做兼职的来", group_id=group_id))


async def test_a_preview_respects_what_is_different_in_groups(uow: FakeUnitOfWork) -> None:
    await update_group_rules(uow, GroupRules(GROUP, rules=ALL_ALLOWED), 0, "ann", NOW)
    await _said(uow, [GROUP, new_id()])
    strict = replace(ADVERTS, least_verdict=Verdict.REVIEW)
    events_before = len(uow.rows.events)
    of_all = (await preview_rules(uow, (strict,), None, 7, NOW)).preview
    assert (of_all.messages, of_all.more, of_all.fewer, of_all.other) == (4, 1, 0, 0)
    of_group = (await preview_rules(uow, (strict,), GROUP, 7, NOW)).preview
    assert (of_group.messages, of_group.more, of_group.fewer) == (2, 2, 0)
    assert len(uow.rows.events) == events_before
    assert (await uow.rule_sets.current()).rules == default_rule_set().rules
