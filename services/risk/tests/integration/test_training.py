"""Monthly training, of the fake and of PostgreSQL alike: frozen questions, who attended, who is overdue."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from chassis.testbed.tenants import register
from chassis.timers import Timer
from risk.application.enrol_staff import enrol_staff
from risk.application.open_training_session import open_training_session
from risk.application.ports import Transactions
from risk.application.put_moderator import put_moderator
from risk.application.record_attendance import record_attendance
from risk.application.remind_of_training import mark_training_overdue, remind_of_training
from risk.application.submit_quiz import submit_quiz
from risk.application.training_ports import TRAINING_OPENING
from risk.application.update_training_policy import update_training_policy
from risk.domain.errors import StaleVersion
from risk.domain.label import Label, LabelSource
from risk.domain.quiz import Question
from risk.domain.rota_errors import NoQuiz, NotEnrolled, TrainingSessionNotFound
from risk.domain.shift import Moderator
from risk.domain.training import Attendance, TrainingSession
from risk.domain.training_policy import TrainingPolicy
from risk.domain.verdict import RiskCategory, Verdict
from risk.entrypoints.rota_timers import ROTA_TIMERS

from ..unit.fakes import FakeTransactions

ALL = PageRequest(100)
# The last day of October in UTC, the first of November in Shanghai.
OPENED = datetime(2026, 10, 31, 17, tzinfo=UTC)
DAY = timedelta(days=1)
CLOSED = OPENED - DAY


def label(masked_text: str, category: RiskCategory | None, decided_at: datetime = CLOSED) -> Label:
    return Label(
        case_id=new_id(),
        source=LabelSource.REVIEWER,
        text=masked_text,
        category=category,
        reviewer="ann",
        decided_at=decided_at,
        screened_at=decided_at,
        verdict=Verdict.REVIEW,
        predicted=None,
        words=(),
        lexicon_version=1,
        policy_version=0,
        model_version="",
        drawn=False,
        weight=1.0,
    )


LABELS = [
    *(label(f"做兼职的来{number}，电话 138****0000", RiskCategory.ADVERT) for number in range(8)),
    *(label(f"今天的面膜很好用{number}", None) for number in range(8)),
    *(label(f"转账到我个人账户{number}", RiskCategory.FRAUD) for number in range(8)),
]


@pytest.fixture(params=["fake", "sql"])
async def staffed(
    request: pytest.FixtureRequest, sql_transactions: Transactions, database: Database, tenant_id: UUID
) -> Transactions:
    """Of a tenant with two moderators."""
    chosen: Transactions = FakeTransactions() if request.param == "fake" else sql_transactions
    return await with_moderators(chosen, database, tenant_id)


@pytest.fixture
async def sql_staffed(sql_transactions: Transactions, database: Database, tenant_id: UUID) -> Transactions:
    return await with_moderators(sql_transactions, database, tenant_id)


async def with_moderators(transactions: Transactions, database: Database, tenant_id: UUID) -> Transactions:
    await register(database, tenant_id)
    async with transactions(tenant_id) as uow:
        for staff_id in ("ann", "bob"):
            await put_moderator(uow, Moderator(staff_id, staff_id.title(), frozenset()), OPENED - 2 * DAY)
    return transactions


async def opened(staffed: Transactions, tenant_id: UUID, now: datetime = OPENED) -> TrainingSession:
    async with staffed(tenant_id) as uow:
        return await open_training_session(uow, now)


async def closed_cases(staffed: Transactions, tenant_id: UUID) -> None:
    async with staffed(tenant_id) as uow:
        await uow.labels.put(LABELS)


async def questions(staffed: Transactions, tenant_id: UUID, session: TrainingSession) -> list[Question]:
    async with staffed(tenant_id) as uow:
        return list(await uow.trainings.questions(session.id))


async def try_quiz(
    staffed: Transactions, tenant_id: UUID, session: TrainingSession, staff_id: str, right: int
) -> tuple[Attendance, list[int]]:
    """The first so many answers are right."""
    asked = await questions(staffed, tenant_id, session)
    wrong = {it.number: next(one for one in it.options if one is not it.answer) for it in asked[right:]}
    answers = {it.number: it.answer for it in asked} | wrong
    async with staffed(tenant_id) as uow:
        attendance, missed = await submit_quiz(uow, session.id, staff_id, answers, OPENED + DAY)
    return attendance, list(missed)


async def attended(
    staffed: Transactions, tenant_id: UUID, session: TrainingSession, *staff_ids: str
) -> list[Attendance]:
    async with staffed(tenant_id) as uow:
        return list(await record_attendance(uow, session.id, staff_ids, OPENED + DAY))


async def told(database: Database, tenant_id: UUID) -> Counter[str]:
    """Events of training, by what happened."""
    query = text("select split_part(subject, '.', 5) from outbox where subject like '%.risk.training.%'")
    async with database.session(tenant_id) as session:
        return Counter((await session.connection.execute(query)).scalars())


async def test_a_session_of_the_local_month_for_all_moderators(
    sql_staffed: Transactions, tenant_id: UUID, database: Database
) -> None:
    await closed_cases(sql_staffed, tenant_id)
    sessions = await asyncio.gather(*(opened(sql_staffed, tenant_id) for _ in range(4)))
    assert len({session.id for session in sessions}) == 1, "a month has one session, however many open it"
    session = await opened(sql_staffed, tenant_id, OPENED + 20 * DAY)
    assert (session, session.month) == (sessions[0], date(2026, 11, 1))
    assert session.due_at == OPENED + 14 * DAY
    async with sql_staffed(tenant_id) as uow:
        figures = await uow.trainings.figures(session.id)
        following = await open_training_session(uow, OPENED + 30 * DAY)
        assert [it.session for it in (await uow.trainings.page(ALL)).items] == [following, session]
    assert (figures.questions, figures.staff, figures.completed) == (5, 2, 0)
    assert await told(database, tenant_id) == {"session_opened": 2}


async def test_questions_are_from_closed_cases_and_stay(
    sql_staffed: Transactions, tenant_id: UUID, database: Database
) -> None:
    await closed_cases(sql_staffed, tenant_id)
    session = await opened(sql_staffed, tenant_id)
    asked = await questions(sql_staffed, tenant_id, session)
    truth = {it.text: it.category for it in LABELS}
    assert {it.masked_text: it.answer for it in asked}.items() <= truth.items()
    assert {it.answer for it in asked} == {None, RiskCategory.ADVERT, RiskCategory.FRAUD}
    async with sql_staffed(tenant_id) as uow:
        await uow.labels.put([label("新的", None, OPENED + DAY)])
    await opened(sql_staffed, tenant_id, OPENED + 2 * DAY)
    assert await questions(sql_staffed, tenant_id, session) == asked
    for change in ("update training_questions set answer = 0", "delete from training_questions"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.session(tenant_id) as connected:
                await connected.connection.execute(text(change))


async def test_texts_that_are_old_or_judged_a_second_time_are_not_asked(
    staffed: Transactions, tenant_id: UUID
) -> None:
    old = label("很久以前的广告", RiskCategory.ADVERT, OPENED - 91 * DAY)
    twice = [label("到底是什么呢", RiskCategory.ADVERT), label("到底是什么呢", None)]
    async with staffed(tenant_id) as uow:
        await uow.labels.put([old, *twice, label("只有这一句", None)])
    session = await opened(staffed, tenant_id)
    assert [it.masked_text for it in await questions(staffed, tenant_id, session)] == ["只有这一句"]


async def test_completed_once_by_attending_and_passing(
    sql_staffed: Transactions, tenant_id: UUID, database: Database
) -> None:
    await closed_cases(sql_staffed, tenant_id)
    session = await opened(sql_staffed, tenant_id)
    failed, missed = await try_quiz(sql_staffed, tenant_id, session, "ann", right=3)
    assert (failed.score_percent, failed.tries, missed) == (60, 1, [4, 5])
    await attended(sql_staffed, tenant_id, session, "ann", "bob")
    passed, missed = await try_quiz(sql_staffed, tenant_id, session, "ann", right=4)
    assert (passed.completed_at, missed) == (OPENED + DAY, [5])
    again = await asyncio.gather(
        *(try_quiz(sql_staffed, tenant_id, session, "ann", right=5) for _ in range(4))
    )
    assert max(attendance.tries for attendance, _ in again) == 6
    [ann, bob] = await attended(sql_staffed, tenant_id, session, "ann", "bob")
    assert (ann.completed_at, bob.completed_at) == (OPENED + DAY, None)
    assert (await told(database, tenant_id))["completed"] == 1


async def test_agents_are_enrolled_and_nobody_else_may_answer(staffed: Transactions, tenant_id: UUID) -> None:
    await closed_cases(staffed, tenant_id)
    session = await opened(staffed, tenant_id)
    async with staffed(tenant_id) as uow:
        assert (await enrol_staff(uow, session.id, {"dan": "丹", "ann": "安"})).staff == 3
    assert (await try_quiz(staffed, tenant_id, session, "dan", right=5))[0].passed
    with pytest.raises(NotEnrolled):
        await attended(staffed, tenant_id, session, "ann", "eve")
    with pytest.raises(NotEnrolled):
        await try_quiz(staffed, tenant_id, session, "eve", right=5)
    async with staffed(tenant_id) as uow:
        with pytest.raises(TrainingSessionNotFound):
            await enrol_staff(uow, new_id(), {"dan": "丹"})


async def test_without_closed_cases_there_is_no_quiz(staffed: Transactions, tenant_id: UUID) -> None:
    session = await opened(staffed, tenant_id)
    with pytest.raises(NoQuiz):
        await try_quiz(staffed, tenant_id, session, "ann", right=0)
    [ann] = await attended(staffed, tenant_id, session, "ann")
    assert ann.completed_at == OPENED + DAY


async def test_reminded_once_before_and_overdue_once_after(
    sql_staffed: Transactions, tenant_id: UUID, database: Database
) -> None:
    session = await opened(sql_staffed, tenant_id)
    await attended(sql_staffed, tenant_id, session, "ann")
    for _ in range(2):
        async with sql_staffed(tenant_id) as uow:
            await mark_training_overdue(uow, [session.id], session.due_at)
    async with sql_staffed(tenant_id) as uow:
        await remind_of_training(uow, session.id, session.due_at)
        late = (await uow.attendances.page(ALL, None, overdue=True)).items
    assert [(it.staff_id, it.overdue_at) for it in late] == [("bob", session.due_at)]
    assert await told(database, tenant_id) == {
        "session_opened": 1, "completed": 1, "overdue": 1, "reminded": 1,
    }  # fmt: skip
    await attended(sql_staffed, tenant_id, session, "bob")
    async with sql_staffed(tenant_id) as uow:
        assert (await uow.attendances.page(ALL, session.id, overdue=True)).items == []
        await remind_of_training(uow, session.id, session.due_at)
    assert (await told(database, tenant_id))["reminded"] == 1


async def test_a_month_begins_by_itself(
    sql_staffed: Transactions, tenant_id: UUID, database: Database
) -> None:
    november = datetime(2026, 10, 31, 16, tzinfo=UTC)
    due = text("select kind, due_at from timers where kind like 'training-%' order by kind")

    async def timers() -> dict[str, datetime]:
        async with database.session(tenant_id) as session:
            return {row.kind: row.due_at for row in await session.connection.execute(due)}

    assert await timers() == {TRAINING_OPENING: november}
    async with sql_staffed(tenant_id) as uow:
        await ROTA_TIMERS[TRAINING_OPENING](uow, [Timer(TRAINING_OPENING, "", november)], november)
    assert await timers() == {
        TRAINING_OPENING: datetime(2026, 11, 30, 16, tzinfo=UTC),
        "training-reminder": november + 11 * DAY,
        "training-deadline": november + 14 * DAY,
    }


async def test_the_policy_has_versions(staffed: Transactions, tenant_id: UUID) -> None:
    await closed_cases(staffed, tenant_id)
    async with staffed(tenant_id) as uow:
        await update_training_policy(uow, TrainingPolicy(questions=2, due_days=5), 0, OPENED)
        with pytest.raises(StaleVersion):
            await update_training_policy(uow, TrainingPolicy(), 0, OPENED)
    session = await opened(staffed, tenant_id)
    assert session.due_at == OPENED + 5 * DAY
    assert len(await questions(staffed, tenant_id, session)) == 2
