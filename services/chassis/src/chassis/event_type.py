"""How a message travels as an event, read from its proto option `(quanzi.events.v1.event)`."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from google.protobuf.descriptor import Descriptor

from quanzi.events.v1 import event_pb2

PUBLISHERS = {"tenancy": "gateway"}  # packages that are not named after the service that publishes them


class NotAnEvent(TypeError):
    """The message carries no event option."""


@dataclass(frozen=True, slots=True)
class EventType:
    service: str
    entity: str
    happened: str
    version: str
    partition_key: str
    """Name of the field within whose value order is kept."""
    schema: str
    """Full name of the message: quanzi.risk.v1.ViolationFound."""

    @property
    def name(self) -> str:
        """quanzi.<service>.<entity>.<happened>.v1"""
        return f"quanzi.{self.service}.{self.entity}.{self.happened}.{self.version}"

    def subject(self, tenant: UUID | str) -> str:
        """quanzi.<tenant>.<service>.<entity>.<happened>.v1; "*" as the tenant matches all."""
        return f"quanzi.{tenant}.{self.service}.{self.entity}.{self.happened}.{self.version}"


@lru_cache(maxsize=1024)
def event_type(descriptor: Descriptor) -> EventType:
    """Raises NotAnEvent."""
    options = descriptor.GetOptions()
    if not options.HasExtension(event_pb2.event):
        raise NotAnEvent(f"{descriptor.full_name} has no option (quanzi.events.v1.event)")
    event = options.Extensions[event_pb2.event]
    _, package, version = descriptor.file.package.split(".")
    return EventType(
        service=PUBLISHERS.get(package, package),
        entity=event.entity,
        happened=event.happened,
        version=version,
        partition_key=event.partition_key,
        schema=descriptor.full_name,
    )
