"""Entries of the ledger of points, each said when, and only when, it is new."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.application.ports import UnitOfWork
from risk.domain.events import PointsBooked
from risk.domain.points import PointEntry, PointReason
from risk.domain.violation import Violation


async def book(uow: UnitOfWork, entries: Sequence[PointEntry], now: datetime) -> Sequence[PointEntry]:
    """Those that are new."""
    booked = await uow.points.book(entries)
    await uow.publish(*(PointsBooked(entry) for entry in booked), at=now)
    return booked


async def deduct_points(uow: UnitOfWork, costs: Sequence[tuple[Violation, int]], now: datetime) -> None:
    """What violations cost, which is above 0."""
    if not costs:
        return
    zone = ZoneInfo((await uow.tenants.profile()).time_zone)
    day = now.astimezone(zone).date()
    entries = [
        PointEntry(
            activity_id=it.activity_id,
            rule=it.rule,
            reason=PointReason.DEDUCTED,
            member_id=it.member_id,
            group_id=it.group_id,
            points=-cost,
            day=day,
            booked_at=now,
        )
        for it, cost in costs
    ]
    await book(uow, entries, now)


async def reverse_points(
    uow: UnitOfWork, activity_ids: Collection[UUID], reason: PointReason, now: datetime
) -> Sequence[PointEntry]:
    """Undo what activities earned or cost, once; returns what undoes it, also if it was done before."""
    made = await uow.points.of_activities(activity_ids, reason)
    if made:
        await book(uow, [entry.reversal(now) for entry in made], now)
        rules = {entry.rule for entry in made}
        undone = await uow.points.of_activities(activity_ids, PointReason.REVERSED)
        return [entry for entry in undone if entry.rule in rules]
    return []
