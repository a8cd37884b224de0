"""The types of events that partners may ask for."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.descriptor import FileDescriptor

from chassis.event_type import NotAnEvent, event_type
from quanzi.campaigns.v1 import events_pb2 as campaigns
from quanzi.content.v1 import events_pb2 as content
from quanzi.risk.v1 import events_pb2 as risk
from quanzi.segmentation.v1 import events_pb2 as segmentation
from quanzi.support.v1 import events_pb2 as support


def _types(file: FileDescriptor) -> Iterator[str]:
    for message in file.message_types_by_name.values():
        try:
            yield event_type(message).name
        except NotAnEvent:
            continue


EVENT_TYPES = frozenset(
    name for module in (campaigns, content, risk, segmentation, support) for name in _types(module.DESCRIPTOR)
)
