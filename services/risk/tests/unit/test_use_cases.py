from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.paging import PageRequest
from risk.adapters.screeners import CachedScreeners
from risk.application.appeal_violation import appeal_violation
from risk.application.confirm_moderator_task import confirm_moderator_task
from risk.application.list_words import list_words
from risk.application.mark_tasks_overdue import mark_tasks_overdue
from risk.application.ports import TASK_DEADLINE
from risk.application.put_words import put_words
from risk.application.remove_words import remove_words
from risk.application.review_violation import review_violation
from risk.application.screen_messages import screen_messages
from risk.application.screen_texts import screen_texts
from risk.application.update_risk_policy import update_risk_policy
from risk.bootstrap import follow_ups
from risk.domain import events
from risk.domain.decision import Message
from risk.domain.errors import InvalidPolicy, StaleVersion, TaskCancelled
from risk.domain.ladder import LadderAction
from risk.domain.lexicon import Word
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import RiskCategory, ScreeningPurpose, Verdict
from risk.domain.violation import Violation, ViolationStatus

from ..samples import ADVERT, DEFAULT_WORDS, EDITOR, INNOCENT, NORMALISER, NOW, SPELLINGS, burst, message
from .case_fakes import NOTHING_DRAWN
from .fakes import FakeUnitOfWork, Rows

SCREENERS = CachedScreeners(NORMALISER, DEFAULT_WORDS, SPELLINGS)
FOLLOW_UPS = follow_ups()
MEMBER, GROUP = new_id(), new_id()


@pytest.fixture
def uow() -> FakeUnitOfWork:
    rows = Rows(new_id())
    rows.of_cases.policies.append(NOTHING_DRAWN)
    return FakeUnitOfWork(rows)


async def screen(uow: FakeUnitOfWork, messages: Sequence[Message]) -> None:
    await screen_messages(uow, SCREENERS, FOLLOW_UPS, messages, NOW)


def deadlines(uow: FakeUnitOfWork) -> list[datetime]:
    """Of moderator tasks."""
    return [due_at for (kind, _), due_at in uow.rows.timers.items() if kind == TASK_DEADLINE]


async def breach(uow: FakeUnitOfWork, member_id: UUID = MEMBER) -> tuple[Violation, ModeratorTask]:
    """A violation opened by one advert, and its task."""
    before = set(uow.rows.violations)
    await screen(uow, [message(ADVERT, member_id, GROUP)])
    (violation_id,) = set(uow.rows.violations) - before
    (task,) = await uow.moderator_tasks.of_violations([violation_id])
    return uow.rows.violations[violation_id], task


async def test_an_innocent_message_is_decided_and_nothing_follows(uow: FakeUnitOfWork) -> None:
    await screen(uow, [innocent := message()])
    decision = uow.rows.decisions[innocent.activity_id]
    assert (decision.screening.verdict, decision.lexicon_version, decision.policy_version) == (
        Verdict.ALLOW,
        1,
        0,
    )
    assert uow.rows.events == []


async def test_an_advert_opens_a_violation_with_its_task_and_deadline(uow: FakeUnitOfWork) -> None:
    violation, task = await breach(uow)
    assert (violation.strike, violation.action) == (1, LadderAction.WARN)
    assert violation.category is RiskCategory.ADVERT
    assert "wx_88888" not in violation.masked_text
    assert task.due_at == NOW + timedelta(minutes=60)
    assert task.instruction.startswith("请在群内提醒该成员遵守群规：违规类型为“恶意营销”，近 30 天内第 1 次")
    assert deadlines(uow) == [task.due_at]
    assert [type(event) for event in uow.rows.events] == [
        events.MessageFlagged,
        events.ViolationOpened,
        events.ModeratorTaskCreated,
    ]


async def test_the_same_batch_again_changes_nothing(uow: FakeUnitOfWork) -> None:
    batch = [message(ADVERT), message()]
    await screen(uow, batch)
    published = len(uow.rows.events)
    await screen(uow, batch)
    assert (len(uow.rows.decisions), len(uow.rows.violations), len(uow.rows.events)) == (2, 1, published)


async def test_a_doubtful_message_is_flagged_only(uow: FakeUnitOfWork) -> None:
    await screen(uow, [message("有人做兼职吗")])
    (flag,) = uow.rows.of(events.MessageFlagged)
    assert (flag.verdict, flag.categories) == (Verdict.REVIEW, (RiskCategory.ADVERT,))
    assert not uow.rows.violations


async def test_strikes_climb_the_ladder_within_a_batch_and_across(uow: FakeUnitOfWork) -> None:
    await screen(uow, [message(ADVERT, MEMBER, GROUP, NOW - timedelta(minutes=n)) for n in range(2)])
    await breach(uow)
    assert [(v.strike, v.action.name) for v in uow.rows.violations.values()] == [
        (1, "WARN"),
        (2, "MUTE"),
        (3, "REMOVE"),
    ]


async def test_strikes_fade_and_reversed_ones_do_not_count(uow: FakeUnitOfWork) -> None:
    first, _ = await breach(uow)
    uow.rows.violations[first.id] = replace(first, opened_at=NOW - timedelta(days=30))
    second, _ = await breach(uow)
    assert second.strike == 1
    await review_violation(uow, second.id, stands=False, now=NOW)
    third, _ = await breach(uow)
    assert third.strike == 1


async def test_history_is_decided_without_consequences(uow: FakeUnitOfWork) -> None:
    await screen(uow, [old := message(ADVERT, occurred_at=NOW - timedelta(hours=24))])
    assert uow.rows.decisions[old.activity_id].screening.verdict is Verdict.BLOCK
    assert (uow.rows.violations, uow.rows.events) == ({}, [])


async def test_a_message_to_the_brand_alone_is_flagged_but_breaks_no_rule_of_a_group(
    uow: FakeUnitOfWork,
) -> None:
    await screen(uow, [replace(message(ADVERT), group_id=None)])
    assert len(uow.rows.of(events.MessageFlagged)) == 1
    assert not uow.rows.violations


async def test_a_flood_is_one_violation_and_every_message_of_it_is_flagged(uow: FakeUnitOfWork) -> None:
    flood = burst(14, MEMBER, GROUP, NOW - timedelta(minutes=1))
    await screen(uow, flood[:9])
    assert uow.rows.events == []
    await screen(uow, flood[9:])
    (violation,) = uow.rows.violations.values()
    assert (violation.category, violation.activity_id) == (RiskCategory.FLOODING, flood[10].activity_id)
    assert len(uow.rows.of(events.MessageFlagged)) == 4


async def test_many_members_talking_at_once_is_no_flood(uow: FakeUnitOfWork) -> None:
    await screen(uow, [message(INNOCENT, group_id=GROUP) for _ in range(50)])
    assert uow.rows.events == []


async def test_confirming_twice_is_confirming_once(uow: FakeUnitOfWork) -> None:
    violation, task = await breach(uow)
    confirmed = await confirm_moderator_task(uow, task.id, "moderator-1", NOW)
    again = await confirm_moderator_task(uow, task.id, "moderator-2", NOW + timedelta(minutes=5))
    assert again == confirmed
    assert uow.rows.violations[violation.id].status is ViolationStatus.HANDLED
    assert len(uow.rows.of(events.ViolationHandled)) == 1
    assert not deadlines(uow)


async def test_a_task_overdue_is_said_once_and_can_still_be_confirmed(uow: FakeUnitOfWork) -> None:
    _, task = await breach(uow)
    await mark_tasks_overdue(uow, [task.id], task.due_at - timedelta(seconds=1))
    assert not uow.rows.of(events.ModeratorTaskOverdue)
    await mark_tasks_overdue(uow, [task.id], task.due_at)
    await mark_tasks_overdue(uow, [task.id], task.due_at)
    assert len(uow.rows.of(events.ModeratorTaskOverdue)) == 1
    confirmed = await confirm_moderator_task(uow, task.id, "moderator-1", NOW)
    assert confirmed.status is ModeratorTaskStatus.CONFIRMED


async def test_an_upheld_appeal_cancels_the_task(uow: FakeUnitOfWork) -> None:
    violation, task = await breach(uow)
    await appeal_violation(uow, violation.id, "不是我发的", NOW)
    reviewed = await review_violation(uow, violation.id, stands=False, now=NOW)
    assert reviewed.status is ViolationStatus.REVERSED
    assert uow.rows.tasks[task.id].status is ModeratorTaskStatus.CANCELLED
    assert not deadlines(uow)
    assert len(uow.rows.of(events.ViolationReversed)) == 1
    with pytest.raises(TaskCancelled):
        await confirm_moderator_task(uow, task.id, "moderator-1", NOW)


async def test_an_appeal_that_fails_leaves_the_task(uow: FakeUnitOfWork) -> None:
    violation, task = await breach(uow)
    await appeal_violation(uow, violation.id, "不是我发的", NOW)
    reviewed = await review_violation(uow, violation.id, stands=True, now=NOW)
    assert reviewed.status is ViolationStatus.OPEN
    assert uow.rows.tasks[task.id].status is ModeratorTaskStatus.OPEN
    assert not uow.rows.of(events.ViolationReversed)


async def test_texts_are_screened_in_order_and_not_stored(uow: FakeUnitOfWork) -> None:
    screened = await screen_texts(uow, SCREENERS, [INNOCENT, ADVERT], ScreeningPurpose.CONTENT)
    assert [screening.verdict for screening in screened.screenings] == [Verdict.ALLOW, Verdict.BLOCK]
    assert not uow.rows.decisions


async def test_the_tenants_words_override_the_shipped_ones(uow: FakeUnitOfWork) -> None:
    async def verdict(text: str) -> Verdict:
        screened = await screen_texts(uow, SCREENERS, [text], ScreeningPurpose.MESSAGE)
        return screened.screenings[0].verdict

    change = await put_words(
        uow,
        NORMALISER,
        [
            Word("竞品面膜", Verdict.BLOCK, RiskCategory.ADVERT),
            Word("代開發票", Verdict.ALLOW, RiskCategory.ADVERT),
        ],
        EDITOR,
    )
    assert (change.version, change.words) == (2, 2)
    assert await verdict("买竞品面膜") is Verdict.BLOCK
    assert await verdict("代开发票") is Verdict.ALLOW
    assert (await remove_words(uow, NORMALISER, ["竞品面膜", "没有的词"], EDITOR)).words == 1
    assert await verdict("买竞品面膜") is Verdict.ALLOW
    assert uow.rows.of(events.LexiconChanged) == [events.LexiconChanged(2), events.LexiconChanged(3)]


async def test_putting_what_is_there_makes_no_version(uow: FakeUnitOfWork) -> None:
    entries = [Word("竞品面膜", Verdict.BLOCK, RiskCategory.ADVERT)]
    await put_words(uow, NORMALISER, entries, EDITOR)
    change = await put_words(uow, NORMALISER, entries, EDITOR)
    assert (change.version, change.words) == (2, 0)
    assert len(uow.rows.of(events.LexiconChanged)) == 1


async def test_words_are_listed_page_by_page(uow: FakeUnitOfWork) -> None:
    await put_words(uow, NORMALISER, [Word("竞品面膜", Verdict.BLOCK, RiskCategory.ADVERT)], EDITOR)
    request = PageRequest(100, count_total=True)
    seen: list[str] = []
    while True:
        page = (await list_words(uow, SCREENERS, request, None)).page
        seen += [word.text for word in page.items]
        if not page.has_next_page:
            break
        request = replace(request, after=page.keys[-1])
    assert seen == sorted({word.text for word in DEFAULT_WORDS} | {"竞品面膜"})
    assert page.total_count == len(seen)


async def test_a_policy_is_replaced_by_the_one_who_read_the_last(uow: FakeUnitOfWork) -> None:
    updated = await update_risk_policy(uow, RiskPolicy(flood_messages=5), 0, NOW)
    assert (updated.version, updated.flood_messages) == (1, 5)
    with pytest.raises(StaleVersion):
        await update_risk_policy(uow, RiskPolicy(), 0, NOW)
    with pytest.raises(InvalidPolicy) as refusal:
        RiskPolicy(mute_hours=0)
    assert refusal.value.field == "policy.mute_hours"
    await screen(uow, burst(6, MEMBER, GROUP, NOW - timedelta(minutes=1)))
    assert len(uow.rows.violations) == 1
