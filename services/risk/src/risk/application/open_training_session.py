"""The training of a local month begins."""

from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.ids import new_id
from risk.application.ports import UnitOfWork
from risk.application.training_ports import TRAINING_DEADLINE, TRAINING_OPENING, TRAINING_REMINDER
from risk.domain.local_time import instant, local_day
from risk.domain.quiz import make_quiz
from risk.domain.rota_events import TrainingSessionOpened
from risk.domain.training import TrainingSession, month_after, month_of


async def open_training_session(uow: UnitOfWork, now: datetime) -> TrainingSession:
    """For all moderators of the rota, with questions that stay as they are; the one there is stays."""
    policy = await uow.training_policies.current()
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    month = month_of(local_day(now, zone))
    session = TrainingSession(new_id(), month, now, policy.due_at(now), policy.pass_percent)
    judged = await uow.trainings.judged(policy.cases_since(now), now, policy.questions, session.id)
    questions = make_quiz(judged, policy.questions, session.id)
    if not await uow.trainings.open(session, questions):
        return await uow.trainings.of_month(month)
    staff = {it.staff_id: it.name for it in await uow.moderators.all()}
    await uow.attendances.enrol(session.id, staff, passed=not questions)
    await uow.timers.schedule(TRAINING_REMINDER, str(session.id), policy.remind_at(session.due_at))
    await uow.timers.schedule(TRAINING_DEADLINE, str(session.id), session.due_at)
    await uow.publish(TrainingSessionOpened(session, tuple(staff)), at=now)
    return session


async def open_next_training_session(uow: UnitOfWork, now: datetime) -> None:
    """When the local month that follows begins."""
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    following = month_after(month_of(local_day(now, zone)))
    await uow.timers.schedule(TRAINING_OPENING, "", instant(following, 0, zone))
