"""Hours that are over become part of what is usual."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.domain.opinion_baseline import HourBaseline
from risk.domain.opinion_counts import HOUR, NO_COUNTS, hour_of_week
from risk.domain.opinion_incident import Incident
from risk.domain.opinion_watch import hours_of


async def learn_opinion(uow: UnitOfWork, since: datetime, until: datetime, zone: ZoneInfo) -> None:
    """Of full hours from, until, two days at most. An hour of crisis teaches nothing about its scope."""
    seen = await uow.opinions.hours(since, until)
    known = await uow.opinions.hour_baselines(hours_of(since, until, zone))
    crises = await uow.opinion_incidents.lasting(since, until + HOUR)
    by_place = {(it.scope_id, it.hour): it for it in known}
    learnt = []
    at = since
    while at < until:
        hour = hour_of_week(at, zone)
        scopes = {scope for scope, start in seen if start == at} | {
            it.scope_id for it in known if it.hour == hour
        }
        for scope_id in scopes - _troubled(crises, at):
            baseline = by_place.get((scope_id, hour)) or HourBaseline(scope_id, hour)
            learnt.append(baseline.learn(seen.get((scope_id, at), NO_COUNTS)))
        at += HOUR
    await uow.opinions.save_baselines(learnt)


def _troubled(crises: Sequence[Incident], at: datetime) -> set[UUID]:
    """Scopes with a crisis in the hour from `at`, or the one before it was noticed."""
    return {
        it.scope_id
        for it in crises
        if it.opened_at - HOUR < at + HOUR and at < (it.unusual_at if it.closed_at else at + HOUR)
    }
