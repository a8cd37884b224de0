"""CloudEvents 1.0 on NATS, binary mode: attributes in `ce-` headers, canonical proto JSON in the body."""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from urllib.parse import quote, unquote
from uuid import UUID

import orjson
from google.protobuf import json_format
from google.protobuf.message import Message

MAX_BODY_BYTES = 64 * 1024
SCHEMA_PREFIX = "urn:quanzi:schema:"
CONTENT_TYPE = "application/json"
_EVENT_MESSAGE = re.compile(r"quanzi(\.[a-z_]+)+\.v\d+\.[A-Z]\w*")
# The specification has space, quote, percent and all outside printable ASCII percent-encoded in headers.
_HEADER_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
_UNSAFE = re.compile(f"[^{re.escape(_HEADER_SAFE)}]")


class MalformedEvent(ValueError):
    """Not a CloudEvent of ours, or its body does not fit its schema. It will not become better by waiting."""


class EventTooLarge(ValueError):
    """An event carries ids and few facts, at most 64 KiB."""


@dataclass(frozen=True, slots=True)
class CloudEvent:
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    schema: str
    """Full name of the message in the body."""
    partition_key: str
    sequence: int
    tenant_id: UUID
    data: bytes
    traceparent: str | None = None

    def headers(self) -> dict[str, str]:
        headers = {
            "ce-specversion": "1.0",
            "ce-id": self.id,
            "ce-source": self.source,
            "ce-type": self.type,
            "ce-subject": self.subject,
            "ce-time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "ce-dataschema": SCHEMA_PREFIX + self.schema,
            "ce-partitionkey": self.partition_key,
            "ce-sequence": str(self.sequence),
            "ce-tenantid": str(self.tenant_id),
            "content-type": CONTENT_TYPE,
        }
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        if not _UNSAFE.search("".join(headers.values())):
            return headers
        return {name: quote(value, safe=_HEADER_SAFE) for name, value in headers.items()}

    @classmethod
    def of(cls, headers: Mapping[str, str] | None, data: bytes) -> "CloudEvent":
        """Read a NATS message. Raises MalformedEvent."""
        values = {name.lower(): unquote(value) for name, value in (headers or {}).items()}
        try:
            if values["ce-specversion"] != "1.0":
                raise MalformedEvent(f"CloudEvents version {values['ce-specversion']} is not supported")
            return cls(
                id=values["ce-id"],
                source=values["ce-source"],
                type=values["ce-type"],
                subject=values["ce-subject"],
                time=datetime.fromisoformat(values["ce-time"]),
                schema=values["ce-dataschema"].removeprefix(SCHEMA_PREFIX),
                partition_key=values["ce-partitionkey"],
                sequence=int(values["ce-sequence"]),
                tenant_id=UUID(values["ce-tenantid"]),
                data=data,
                traceparent=values.get("traceparent"),
            )
        except KeyError as missing:
            raise MalformedEvent(f"Header {missing} is missing") from missing
        except ValueError as error:
            raise MalformedEvent(str(error)) from error

    def message(self) -> Message:
        """The body as the message its schema names; unknown fields are ignored. Raises MalformedEvent."""
        try:
            return json_format.Parse(self.data, _message_class(self.schema)(), ignore_unknown_fields=True)
        except (json_format.ParseError, UnicodeDecodeError) as error:
            raise MalformedEvent(f"The body is not a {self.schema}: {error}") from error


def encode_body(message: Message) -> bytes:
    """Canonical proto JSON, compact. Raises EventTooLarge."""
    body = orjson.dumps(json_format.MessageToDict(message))
    if len(body) > MAX_BODY_BYTES:
        name = message.DESCRIPTOR.full_name
        raise EventTooLarge(
            f"{name} takes {len(body)} bytes, the limit is {MAX_BODY_BYTES}: carry ids, not contents"
        )
    return body


def _message_class(schema: str) -> type[Message]:
    """Events live in `events.proto` of their package, so the name tells the module."""
    if not _EVENT_MESSAGE.fullmatch(schema):
        raise MalformedEvent(f"Unknown schema {schema!r}")
    package, _, name = schema.rpartition(".")
    try:
        return cast(type[Message], getattr(importlib.import_module(f"{package}.events_pb2"), name))
    except (ImportError, AttributeError) as error:
        raise MalformedEvent(f"Unknown schema {schema!r}") from error
