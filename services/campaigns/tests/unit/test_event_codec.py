from dataclasses import fields

import pytest

from campaigns.adapters.event_codec import to_message
from campaigns.domain import events
from campaigns.domain.campaign import CampaignType
from chassis.ids import new_id
from quanzi.campaigns.v1 import campaigns_pb2, events_pb2

from ..samples import NOW

EVENTS = events.DomainEvent.__subclasses__()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_events_have_the_fields_of_their_messages(event: type[events.DomainEvent]) -> None:
    message = getattr(events_pb2, event.__name__).DESCRIPTOR
    assert {field.name for field in fields(event)} == {field.name for field in message.fields}


def test_every_message_is_published() -> None:
    messages = set(events_pb2.DESCRIPTOR.message_types_by_name)
    assert messages - {"MemberErased"} == {event.__name__ for event in EVENTS}


def test_values_are_translated() -> None:
    campaign_id, group_id = new_id(), new_id()
    event = events.CampaignScheduled(campaign_id, CampaignType.FLASH_SALE, (group_id,), NOW, NOW)
    message = to_message(event)
    assert message == events_pb2.CampaignScheduled(
        campaign_id=str(campaign_id),
        type=campaigns_pb2.CAMPAIGN_TYPE_FLASH_SALE,
        group_ids=[str(group_id)],
        starts_at=NOW,
        ends_at=NOW,
    )
