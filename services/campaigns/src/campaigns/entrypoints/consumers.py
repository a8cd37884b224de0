"""Inbound activities that concern campaigns: orders paid for a claim, and clicks on a campaign."""

from collections.abc import Awaitable, Callable, Sequence
from typing import cast
from uuid import UUID

from campaigns.application.pay_claims import PayClaim, pay_claims
from campaigns.application.ports import UnitOfWork
from chassis.clock import Clock
from chassis.consumer import PoisonMessage, Received
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_CLICK, ACTIVITY_KIND_ORDER_PAID, Activity

Handler = Callable[[UnitOfWork, Sequence[Received]], Awaitable[None]]


def activities_handler(clock: Clock) -> Handler:
    """Of activities that `concerns_campaigns`.

    Needs no inbox: payments are recorded once by claim and order, clicks once by campaign and member. Clicks
    of people erased since are left out; a payment does not say whose it is, and is money all the same.
    """

    async def handle(uow: UnitOfWork, batch: Sequence[Received]) -> None:
        clicks = [received for received in batch if _activity(received).kind == ACTIVITY_KIND_CLICK]
        paid = [received for received in batch if _activity(received).kind == ACTIVITY_KIND_ORDER_PAID]
        payments = [_payment(_activity(received)) for received in paid]
        if clicks:
            known = {_click(_activity(received)) for received in await uow.erased.leave_out(clicks)}
            await uow.clicks.add(sorted(known))
        if payments:
            await pay_claims(uow, payments, clock())

    return handle


def _activity(received: Received) -> Activity:
    return cast(Activity, received.message)


def _click(activity: Activity) -> tuple[UUID, UUID]:
    return _id(activity.campaign_id), _id(activity.member_id)


def _payment(activity: Activity) -> PayClaim:
    order = activity.order
    return PayClaim(_id(order.claim_id), order.reference, order.amount_minor, order.currency)


def concerns_campaigns(activity: Activity) -> bool:
    if activity.kind == ACTIVITY_KIND_CLICK:
        return bool(activity.campaign_id)
    return activity.kind == ACTIVITY_KIND_ORDER_PAID and bool(activity.order.claim_id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise PoisonMessage(f"{text!r} is no id; report the activity with the id it was given") from error
