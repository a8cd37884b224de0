"""Inbound activities of every kind, and posts delivered to groups."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

from chassis.clock import Clock
from chassis.consumer import PoisonMessage, Received
from chassis.timestamps import moment
from quanzi.content.v1.events_pb2 import PostDelivered
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_ORDER_REFUNDED, Activity
from segmentation.application.ports import UnitOfWork
from segmentation.application.record_activities import record_activities
from segmentation.application.record_deliveries import Delivery, record_deliveries
from segmentation.domain.activity import ActivityColumns
from segmentation.domain.errors import CurrencyMismatch, TooOld
from segmentation.domain.retention import Retention
from segmentation.entrypoints.keyword_hits import KeywordReader

Handler = Callable[[UnitOfWork, Sequence[Received]], Awaitable[None]]


def activities_handler(clock: Clock, retention: Retention, keywords: KeywordReader) -> Handler:
    """Needs no inbox: an activity is recorded once by its id."""

    async def handle(uow: UnitOfWork, batch: Sequence[Received]) -> None:
        now, activities = clock(), columns_of(batch)
        try:
            retention.check(activities.occurred_at, now)
            hits = await keywords.hits(uow, batch)
            await record_activities(uow, replace(activities, keyword_hits=hits), now)
        except CurrencyMismatch as refusal:
            raise PoisonMessage(f"CURRENCY_MISMATCH: {refusal}") from refusal
        except TooOld as refusal:
            raise PoisonMessage(f"TOO_OLD: {refusal}") from refusal

    return handle


def columns_of(batch: Sequence[Received]) -> ActivityColumns:
    """Reads every field of every message once; empty ids become None."""
    columns = ActivityColumns()
    for received in batch:
        activity = cast(Activity, received.message)
        kind = activity.kind
        columns.ids.append(received.id)
        columns.kinds.append(kind)
        columns.occurred_at.append(received.occurred_at)
        columns.sources.append(activity.source)
        columns.member_ids.append(activity.member_id)
        columns.member_references.append(activity.member_reference)
        columns.display_names.append(activity.member_display_name)
        columns.group_ids.append(activity.group_id or None)
        columns.invited_by_ids.append(activity.invited_by_id or None)
        columns.campaign_ids.append(activity.campaign_id or None)
        columns.post_ids.append(activity.post_id or None)
        if activity.HasField("order"):
            order = activity.order
            columns.order_references.append(order.reference)
            columns.amounts.append(
                -order.amount_minor if kind == ACTIVITY_KIND_ORDER_REFUNDED else order.amount_minor
            )
            columns.currencies.add(order.currency)
        else:
            columns.order_references.append(None)
            columns.amounts.append(0)
    return columns


async def handle_deliveries(uow: UnitOfWork, batch: Sequence[Received]) -> None:
    """Needs no inbox: a post is delivered to a group once."""
    posts = [cast(PostDelivered, received.message) for received in batch]
    await record_deliveries(
        uow,
        [Delivery(UUID(post.post_id), UUID(post.group_id), moment(post.delivered_at)) for post in posts],
    )
