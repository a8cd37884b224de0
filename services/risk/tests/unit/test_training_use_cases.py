"""Training: one session a month, what is asked, who has completed it and who has not."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.ids import new_id
from risk.application.enrol_staff import enrol_staff
from risk.application.open_training_session import open_next_training_session, open_training_session
from risk.application.record_attendance import record_attendance
from risk.application.remind_of_training import mark_training_overdue, remind_of_training
from risk.application.submit_quiz import submit_quiz
from risk.application.training_ports import TRAINING_DEADLINE, TRAINING_OPENING, TRAINING_REMINDER
from risk.application.update_training_policy import update_training_policy
from risk.domain.errors import StaleVersion
from risk.domain.label import Label, LabelSource
from risk.domain.rota_errors import AnswersMissing, NoQuiz, NotEnrolled, TrainingSessionNotFound
from risk.domain.rota_events import (
    TrainingCompleted,
    TrainingOverdue,
    TrainingReminded,
    TrainingSessionOpened,
)
from risk.domain.shift import Moderator
from risk.domain.training import TrainingSession
from risk.domain.training_policy import TrainingPolicy
from risk.domain.verdict import RiskCategory, Verdict

from .fakes import FakeUnitOfWork, Rows

# The last day of October in UTC, the first of November in Shanghai.
OPENED = datetime(2026, 10, 31, 17, tzinfo=UTC)
DAY = timedelta(days=1)
ADVERT = Label(
    case_id=new_id(),
    source=LabelSource.REVIEWER,
    text="做兼职的来",
    category=RiskCategory.ADVERT,
    reviewer="ann",
    decided_at=OPENED - DAY,
    screened_at=OPENED - DAY,
    verdict=Verdict.REVIEW,
    predicted=None,
    words=(),
    lexicon_version=1,
    policy_version=0,
    model_version="",
    drawn=False,
    weight=1.0,
)


@pytest.fixture
async def uow() -> FakeUnitOfWork:
    """With two moderators."""
    uow = FakeUnitOfWork(Rows(new_id()))
    for staff_id in ("ann", "bob"):
        await uow.moderators.put(Moderator(staff_id, staff_id.title(), frozenset()))
    return uow


@pytest.fixture
async def session(uow: FakeUnitOfWork) -> TrainingSession:
    """Of five questions."""
    closed = [replace(ADVERT, case_id=new_id(), text=f"{ADVERT.text}{number}") for number in range(8)]
    unfit = [
        replace(ADVERT, case_id=new_id(), text="", source=LabelSource.SUSPICION),
        replace(ADVERT, case_id=new_id(), text="很久以前的广告", decided_at=OPENED - 91 * DAY),
        replace(ADVERT, case_id=new_id(), text="后来的广告", decided_at=OPENED),
    ]
    await uow.labels.put([*closed, *unfit])
    return await open_training_session(uow, OPENED)


async def answered(uow: FakeUnitOfWork, session: TrainingSession, staff_id: str, right: int) -> Sequence[int]:
    """The first so many rightly; the numbers of the others."""
    asked = await uow.trainings.questions(session.id)
    wrong = {it.number: next(one for one in it.options if one is not it.answer) for it in asked[right:]}
    answers = {it.number: it.answer for it in asked} | wrong
    return (await submit_quiz(uow, session.id, staff_id, answers, OPENED + DAY))[1]


def completed(uow: FakeUnitOfWork) -> list[str]:
    return [event.attendance.staff_id for event in uow.rows.of(TrainingCompleted)]


def overdue(uow: FakeUnitOfWork) -> Collection[str]:
    return {event.attendance.staff_id for event in uow.rows.of(TrainingOverdue)}


async def test_a_local_month_has_one_session(uow: FakeUnitOfWork, session: TrainingSession) -> None:
    assert await open_training_session(uow, OPENED + 20 * DAY) == session
    following = await open_training_session(uow, OPENED + 30 * DAY)
    told = [(it.session, it.staff_ids) for it in uow.rows.of(TrainingSessionOpened)]
    assert told == [(session, ("ann", "bob")), (following, ("ann", "bob"))]
    assert session.due_at == OPENED + 14 * DAY
    assert uow.rows.timers[TRAINING_REMINDER, str(session.id)] == OPENED + 11 * DAY
    assert uow.rows.timers[TRAINING_DEADLINE, str(session.id)] == session.due_at
    await open_next_training_session(uow, OPENED)
    assert uow.rows.timers[TRAINING_OPENING, ""] == datetime(2026, 11, 30, 16, tzinfo=UTC)


async def test_texts_of_cases_closed_in_time_are_asked(uow: FakeUnitOfWork, session: TrainingSession) -> None:
    asked = await uow.trainings.questions(session.id)
    assert len({it.masked_text for it in asked}) == 5
    assert all(it.masked_text.startswith(ADVERT.text) for it in asked)
    assert {it.answer for it in asked} == {RiskCategory.ADVERT}


async def test_completed_by_attending_and_passing(uow: FakeUnitOfWork, session: TrainingSession) -> None:
    assert await answered(uow, session, "ann", right=3) == [4, 5]
    for _ in range(2):
        await record_attendance(uow, session.id, ["bob", "ann"], OPENED + DAY)
    assert completed(uow) == []
    for right in (4, 5, 0):
        await answered(uow, session, "ann", right)
    assert completed(uow) == ["ann"]
    with pytest.raises(AnswersMissing):
        await submit_quiz(uow, session.id, "bob", {1: RiskCategory.ADVERT}, OPENED + DAY)


async def test_only_who_must_attend_may(uow: FakeUnitOfWork, session: TrainingSession) -> None:
    with pytest.raises(NotEnrolled):
        await record_attendance(uow, session.id, ["ann", "dan"], OPENED)
    for _ in range(2):
        assert (await enrol_staff(uow, session.id, {"dan": "丹", "ann": "另一个安"})).staff == 3
    [ann, dan] = await record_attendance(uow, session.id, ["dan", "ann"], OPENED)
    assert (ann.name, dan.name) == ("Ann", "丹")
    with pytest.raises(TrainingSessionNotFound):
        await enrol_staff(uow, new_id(), {"dan": "丹"})


async def test_without_closed_cases_attending_is_enough(uow: FakeUnitOfWork) -> None:
    session = await open_training_session(uow, OPENED)
    with pytest.raises(NoQuiz):
        await answered(uow, session, "ann", right=0)
    await record_attendance(uow, session.id, ["ann"], OPENED)
    assert completed(uow) == ["ann"]


async def test_who_has_not_completed_is_told_of_and_overdue_once(uow: FakeUnitOfWork) -> None:
    session = await open_training_session(uow, OPENED)
    await record_attendance(uow, session.id, ["ann"], OPENED)
    await remind_of_training(uow, session.id, OPENED + 11 * DAY)
    for _ in range(2):
        await mark_training_overdue(uow, [session.id], session.due_at)
    assert uow.rows.of(TrainingReminded) == [TrainingReminded(session, ("bob",))]
    assert (overdue(uow), len(uow.rows.of(TrainingOverdue))) == ({"bob"}, 1)
    await record_attendance(uow, session.id, ["bob"], session.due_at + DAY)
    await remind_of_training(uow, session.id, session.due_at + DAY)
    assert len(uow.rows.of(TrainingReminded)) == 1


async def test_a_policy_holds_for_what_is_opened_later(uow: FakeUnitOfWork, session: TrainingSession) -> None:
    policy = TrainingPolicy(questions=2, due_days=5)
    assert (await update_training_policy(uow, policy, 0, OPENED)).version == 1
    with pytest.raises(StaleVersion):
        await update_training_policy(uow, policy, 0, OPENED)
    assert (await uow.trainings.get(session.id)).due_at == OPENED + 14 * DAY
    later = await open_training_session(uow, OPENED + 30 * DAY)
    assert later.due_at == later.opened_at + 5 * DAY
    assert len(await uow.trainings.questions(later.id)) == 2
