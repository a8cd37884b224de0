"""Groups in which nothing is unusual, and then something is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from risk.adapters.opinion_words import ChineseOpinionWords
from risk.application.count_opinion import counting_opinion
from risk.application.follow_incidents import Desk
from risk.application.ports import Transactions, UnitOfWork
from risk.application.watch_opinion import watch_opinion
from risk.domain.opinion_counts import BUCKET, EVERYWHERE, Bucket, Counts
from risk.domain.opinion_incident import Incident

from .opinion_fakes import KnownComplaints, KnownSentiment

DESK = Desk(KnownSentiment(), ChineseOpinionWords())
COUNTING = counting_opinion(KnownSentiment(), KnownComplaints())
BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
CALM, BAD, WORSE = Counts(10, 1, 0), Counts(14, 11, 4), Counts(90, 80, 30)
HOUR = timedelta(hours=1)
CALM_WEEK = timedelta(days=4, hours=2)


async def said(uow: UnitOfWork, scope_id: UUID, since: datetime, until: datetime, counts: Counts) -> None:
    """So much in every five minutes of a group, and with it of the tenant."""
    starts = [since + BUCKET * number for number in range((until - since) // BUCKET)]
    scopes = {EVERYWHERE, scope_id}
    await uow.opinions.add([Bucket(scope, at, counts) for scope in sorted(scopes) for at in starts])


async def judged(transactions: Transactions, tenant_id: UUID, *times: datetime) -> None:
    for now in times:
        async with transactions(tenant_id) as uow:
            await watch_opinion(uow, DESK, now)


async def calm_week(
    transactions: Transactions, tenant_id: UUID, scope_id: UUID, begin: datetime = BEGIN
) -> datetime:
    """Four days of a group are learnt; then it is calm for two hours more. Gives the time it is."""
    await judged(transactions, tenant_id, begin + BUCKET)
    now = begin + CALM_WEEK
    async with transactions(tenant_id) as uow:
        await said(uow, scope_id, begin, now, CALM)
    await judged(transactions, tenant_id, now - 2 * HOUR, now - HOUR, now)
    return now


async def all_incidents(transactions: Transactions, tenant_id: UUID) -> Sequence[Incident]:
    """Open ones and closed ones, oldest first."""
    async with transactions(tenant_id) as uow:
        found = await uow.opinion_incidents.lasting(BEGIN - HOUR, BEGIN + timedelta(days=30))
    return sorted(found, key=lambda it: it.id)
