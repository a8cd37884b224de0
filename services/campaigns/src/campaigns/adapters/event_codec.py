"""Domain events as the messages of proto/quanzi/campaigns/v1/events.proto: same names, same fields."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any
from uuid import UUID

from google.protobuf.message import Message

from campaigns.domain.campaign import CampaignType
from campaigns.domain.events import DomainEvent
from campaigns.enums import CAMPAIGN_TYPES
from quanzi.campaigns.v1 import events_pb2


def to_message(event: DomainEvent) -> Message:
    """The message named like the class of the event."""
    message: Callable[..., Message] = getattr(events_pb2, type(event).__name__)
    return message(**{field.name: _to_wire(getattr(event, field.name)) for field in fields(event)})


def _to_wire(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case CampaignType():
            return CAMPAIGN_TYPES.number(value)
        case tuple():
            return [_to_wire(item) for item in value]
    return value
