"""Domain events and their wire form."""

from google.protobuf.message import Message

from chassis.timestamps import timestamp
from content.domain import events
from content.domain.events import DomainEvent
from content.enums import CONTENT_TYPES
from quanzi.content.v1 import events_pb2


def to_message(event: DomainEvent) -> Message:
    match event:
        case events.ItemApproved():
            return events_pb2.ItemApproved(
                item_id=str(event.item_id), version=event.version, type=CONTENT_TYPES.number(event.type)
            )
        case events.ItemBlocked():
            return events_pb2.ItemBlocked(item_id=str(event.item_id), version=event.version)
        case events.PlanApproved():
            return events_pb2.PlanApproved(plan_id=str(event.plan_id), posts=event.posts)
        case events.PostAssigned():
            return events_pb2.PostAssigned(
                post_id=str(event.post_id),
                group_id=str(event.group_id),
                item_id=str(event.item_id),
                item_version=event.item_version,
                due_at=timestamp(event.due_at),
                expires_at=timestamp(event.expires_at),
            )
        case events.PostReminded():
            return events_pb2.PostReminded(
                post_id=str(event.post_id), group_id=str(event.group_id), reminder=event.reminder
            )
        case events.PostDelivered():
            return events_pb2.PostDelivered(
                post_id=str(event.post_id),
                group_id=str(event.group_id),
                item_id=str(event.item_id),
                type=CONTENT_TYPES.number(event.type),
                delivered_at=timestamp(event.delivered_at),
            )
        case events.PostQuotaFailed():
            return events_pb2.PostQuotaFailed(post_id=str(event.post_id), group_id=str(event.group_id))
        case events.PostExpired():
            return events_pb2.PostExpired(post_id=str(event.post_id), group_id=str(event.group_id))
