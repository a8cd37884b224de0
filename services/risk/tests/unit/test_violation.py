from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.ids import new_id
from risk.domain.errors import DomainError, TaskCancelled, ViolationNotAppealable, ViolationNotReviewable
from risk.domain.ladder import LadderAction, action_for
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus
from risk.domain.verdict import RiskCategory, Verdict
from risk.domain.violation import Violation, ViolationStatus

from ..samples import NOW

OPEN, HANDLED, APPEALED, REVERSED = ViolationStatus
WARN, MUTE, REMOVE = LadderAction
Step = Callable[[Violation], Violation]

STEPS: dict[str, Step] = {
    "handle": lambda violation: violation.handle(NOW),
    "appeal": lambda violation: violation.appeal("不是我发的"),
    "stands": lambda violation: violation.review(stands=True),
    "reverse": lambda violation: violation.review(stands=False),
    "retract": lambda violation: violation.retract(),
}
# (state, handled before) → step → state, or the refusal.
TABLE: dict[tuple[ViolationStatus, bool], dict[str, ViolationStatus | type[DomainError]]] = {
    (OPEN, False): {
        "handle": HANDLED,
        "appeal": APPEALED,
        "stands": ViolationNotReviewable,
        "reverse": REVERSED,
        "retract": REVERSED,
    },
    (HANDLED, True): {
        "handle": HANDLED,
        "appeal": APPEALED,
        "stands": ViolationNotReviewable,
        "reverse": ViolationNotReviewable,
        "retract": REVERSED,
    },
    (APPEALED, False): {
        "handle": APPEALED,
        "appeal": ViolationNotAppealable,
        "stands": OPEN,
        "reverse": REVERSED,
        "retract": REVERSED,
    },
    (APPEALED, True): {
        "handle": APPEALED,
        "appeal": ViolationNotAppealable,
        "stands": HANDLED,
        "reverse": REVERSED,
        "retract": REVERSED,
    },
    (REVERSED, False): {
        "handle": ViolationNotReviewable,
        "appeal": ViolationNotAppealable,
        "stands": ViolationNotReviewable,
        "reverse": ViolationNotReviewable,
        "retract": REVERSED,
    },
}


def violation(status: ViolationStatus = OPEN, handled: bool = False) -> Violation:
    return Violation(
        id=new_id(),
        group_id=new_id(),
        member_id=new_id(),
        activity_id=new_id(),
        category=RiskCategory.ADVERT,
        verdict=Verdict.BLOCK,
        status=status,
        strike=1,
        action=WARN,
        opened_at=NOW - timedelta(hours=1),
        masked_text="刷单",
        handled_at=NOW if handled else None,
    )


@pytest.mark.parametrize(
    ("status", "handled", "step"), [(*state, step) for state, steps in TABLE.items() for step in steps]
)
def test_every_step_from_every_state(status: ViolationStatus, handled: bool, step: str) -> None:
    outcome = TABLE[status, handled][step]
    before = violation(status, handled)
    if isinstance(outcome, ViolationStatus):
        assert STEPS[step](before).status is outcome
    else:
        with pytest.raises(outcome):
            STEPS[step](before)


def test_the_table_knows_every_state() -> None:
    assert {status for status, _ in TABLE} == set(ViolationStatus)


def test_an_action_carried_out_during_an_appeal_is_recorded() -> None:
    handled = violation(APPEALED).handle(NOW)
    assert (handled.status, handled.handled_at) == (APPEALED, NOW)
    assert handled.review(stands=True).status is HANDLED


def test_an_appeal_that_failed_is_not_repeated() -> None:
    decided = violation().appeal("不是我发的").review(stands=True)
    with pytest.raises(ViolationNotAppealable, match="before"):
        decided.appeal("再说一遍")


@pytest.mark.parametrize(("strike", "action"), [(1, WARN), (2, MUTE), (3, REMOVE), (4, REMOVE), (99, REMOVE)])
def test_the_ladder_ends_with_its_last_step(strike: int, action: LadderAction) -> None:
    assert action_for(strike, (WARN, MUTE, REMOVE)) is action


def task(status: ModeratorTaskStatus) -> ModeratorTask:
    return ModeratorTask(new_id(), new_id(), new_id(), new_id(), WARN, status, "请提醒", NOW)


@pytest.mark.parametrize("status", [ModeratorTaskStatus.OPEN, ModeratorTaskStatus.OVERDUE])
def test_a_pending_task_can_be_confirmed_or_cancelled(status: ModeratorTaskStatus) -> None:
    confirmed = task(status).confirm("moderator-1", NOW)
    assert confirmed.status is ModeratorTaskStatus.CONFIRMED
    assert (confirmed.confirmed_at, confirmed.confirmed_by) == (NOW, "moderator-1")
    assert task(status).cancel(NOW).status is ModeratorTaskStatus.CANCELLED


def test_a_confirmed_task_stays_as_it_is() -> None:
    confirmed = replace(task(ModeratorTaskStatus.OPEN)).confirm("moderator-1", NOW)
    assert confirmed.confirm("moderator-2", NOW + timedelta(hours=1)) is confirmed
    assert confirmed.cancel(NOW) is confirmed


def test_a_cancelled_task_cannot_be_confirmed() -> None:
    with pytest.raises(TaskCancelled) as refusal:
        task(ModeratorTaskStatus.CANCELLED).confirm("moderator-1", NOW)
    assert refusal.value.field == "task_id"
