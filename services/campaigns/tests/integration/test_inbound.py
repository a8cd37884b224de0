"""Activities of the INBOUND stream: payments and clicks count once, however often they are delivered."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from nats.js import JetStreamContext
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.messaging import activities_subject
from chassis.testbed.waiting import eventually
from chassis.timestamps import timestamp
from quanzi.campaigns.v1 import claims_pb2
from quanzi.inbound.v1.activity_pb2 import (
    ACTIVITY_KIND_CLICK,
    ACTIVITY_KIND_MESSAGE,
    ACTIVITY_KIND_ORDER_PAID,
    Activity,
    ActivityBatch,
    Order,
)

from .door import Door, as_caller


def activity(**values: Any) -> Activity:
    defaults: Mapping[str, Any] = {
        "activity_id": str(new_id()),
        "source": "shop",
        "source_id": str(new_id()),
        "member_id": str(new_id()),
        "member_reference": "wm-1",
        "occurred_at": timestamp(datetime.now(UTC)),
    }
    return Activity(**{**defaults, **values})


async def test_orders_pay_claims_and_clicks_are_counted(
    door: Door, tenant_id: UUID, jetstream: JetStreamContext, database: Database
) -> None:
    async def publish(*activities: Activity) -> None:
        batch = ActivityBatch(tenant_id=str(tenant_id), activities=activities)
        await jetstream.publish(activities_subject(tenant_id), batch.SerializeToString())

    async def count(query: str) -> int:
        async with database.session(tenant_id) as session:
            return (await session.connection.execute(text(query))).scalar_one()

    with as_caller(tenant_id):
        sale = await door.schedule()
        claim = await door.claim(sale.id)
        other = await door.claim(sale.id)

        def order(reference: str, claim_id: str, amount: int = 4990) -> Activity:
            paid = Order(reference=reference, amount_minor=amount, currency="CNY", claim_id=claim_id)
            return activity(kind=ACTIVITY_KIND_ORDER_PAID, order=paid)

        click = activity(kind=ACTIVITY_KIND_CLICK, campaign_id=sale.id)
        again = activity(kind=ACTIVITY_KIND_CLICK, campaign_id=sale.id, member_id=click.member_id)
        first = order("order-1", claim.id)
        mixed = (
            activity(kind=ACTIVITY_KIND_MESSAGE, text="多少钱"),
            click,
            order("broken", "no-id"),
            again,
            activity(kind=ACTIVITY_KIND_CLICK, campaign_id=str(new_id())),
            first,
            order("order-2", claim.id),
            order("order-3", str(new_id())),
            order("order-4", other.id, amount=1),
        )
        for _ in range(3):
            await publish(*mixed)
        await eventually(lambda: count("select count(*) from payments"), 4)
        await eventually(lambda: count("select count(*) from campaign_clicks"), 1)
        assert await door.stock(sale.id) == (98, 1, 1)
        assert (await door.pay(claim, "order-1")).status == claims_pb2.CLAIM_STATUS_PAID
        fates = "select string_agg(fate, ' ' order by reference) from payments"
        assert await count(fates) == "accepted duplicate unmatched mismatched"

        async def buried() -> bool:
            subject = f"quanzi.{tenant_id}.deadletter.>"
            info = await jetstream.stream_info("DEADLETTERS", subjects_filter=subject)
            return bool(info.state.subjects)

        await eventually(buried, True)
