"""Inbound activities that show a member in a group: who comes in, and who says something."""

from collections.abc import Awaitable, Callable, Sequence
from typing import cast
from uuid import UUID

from chassis.clock import Clock
from chassis.consumer import PoisonMessage, Received
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_JOINED, ACTIVITY_KIND_MESSAGE, Activity
from risk.application.fraud_ports import FraudWording, NameBooks
from risk.application.ports import UnitOfWork
from risk.application.suspect_members import Sighting, suspect_members
from risk.domain.normal_form import Normaliser

_SHOWING = (ACTIVITY_KIND_JOINED, ACTIVITY_KIND_MESSAGE)


def sightings_handler(
    books: NameBooks, normaliser: Normaliser, wording: FraudWording, clock: Clock
) -> Callable[[UnitOfWork, Sequence[Received]], Awaitable[None]]:
    """Of activities that `shows_member`. What follows has a key of its own: no inbox is needed."""

    async def handle(uow: UnitOfWork, batch: Sequence[Received]) -> None:
        sightings = [_to_sighting(received) for received in batch]
        await suspect_members(uow, books, normaliser, wording, sightings, clock())

    return handle


def shows_member(activity: Activity) -> bool:
    return activity.kind in _SHOWING and bool(activity.group_id)


def _to_sighting(received: Received) -> Sighting:
    activity = cast(Activity, received.message)
    try:
        member_id, group_id = UUID(activity.member_id), UUID(activity.group_id)
    except ValueError as error:
        raise PoisonMessage(f"activity {activity.activity_id!r}: an id is no UUID") from error
    return Sighting(member_id, group_id, activity.member_display_name, received.occurred_at)
