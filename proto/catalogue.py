"""Make the event catalogue from the contracts: asyncapi.yaml (AsyncAPI 3) and README.md in docs/events.

Usage: python proto/catalogue.py [OUT]

OUT defaults to docs/events; the drift check writes elsewhere and compares.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import generate
import yaml
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from quanzi.events.v1 import event_pb2

ROOT = Path(__file__).resolve().parent.parent
TIMESTAMP = "google.protobuf.Timestamp"
EXAMPLE_ID = "0193a5c2-7d4e-7c11-9a53-2f6f0c1b8e42"
EXAMPLE_TIME = "2026-11-22T04:30:00Z"
INTEGERS = {FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_UINT32}
LONG_INTEGERS = {FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_UINT64}
NUMBERS = {FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT}


@dataclass(frozen=True, slots=True)
class EventType:
    """One event of the catalogue. `comments` maps full names to the words in the contract."""

    descriptor: Descriptor
    option: event_pb2.Event
    comments: dict[str, str]

    @property
    def service(self) -> str:
        package = self.descriptor.file.package.split(".")[1]
        return "gateway" if package == "tenancy" else package

    @property
    def type_name(self) -> str:
        return f"quanzi.{self.service}.{self.option.entity}.{self.option.happened}.v1"

    @property
    def address(self) -> str:
        return f"quanzi.{{tenant}}.{self.service}.{self.option.entity}.{self.option.happened}.v1"

    def comment(self, full_name: str) -> str:
        return self.comments.get(full_name, "")


def load_image() -> descriptor_pb2.FileDescriptorSet:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "image.binpb"
        generate.image(path)
        return descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes())


def comments_of(file: descriptor_pb2.FileDescriptorProto) -> dict[str, str]:
    """Leading comments of messages, their fields and enum values, by full name."""
    found: dict[str, str] = {}
    for location in file.source_code_info.location:
        text = " ".join(location.leading_comments.split())
        match list(location.path):
            case [4, message]:
                found[f"{file.package}.{file.message_type[message].name}"] = text
            case [4, message, 2, field]:
                parent = file.message_type[message]
                found[f"{file.package}.{parent.name}.{parent.field[field].name}"] = text
    return {name: text for name, text in found.items() if text}


def event_types() -> Iterator[EventType]:
    image = load_image()
    pool = descriptor_pool.DescriptorPool()
    comments: dict[str, str] = {}
    for file in image.file:
        pool.Add(file)
        comments |= comments_of(file)
    for file in sorted(image.file, key=lambda file: file.name):
        for message in file.message_type:
            options = event_pb2.Event()
            extension = descriptor_pb2.MessageOptions.FromString(message.options.SerializeToString())
            if extension.HasExtension(event_pb2.event):
                options.CopyFrom(extension.Extensions[event_pb2.event])
                descriptor = pool.FindMessageTypeByName(f"{file.package}.{message.name}")
                yield EventType(descriptor, options, comments)


def field_schema(event: EventType, field: FieldDescriptor) -> dict[str, Any]:
    if field.is_repeated:
        return {"type": "array", "items": value_schema(event, field)}
    return value_schema(event, field)


def value_schema(event: EventType, field: FieldDescriptor) -> dict[str, Any]:
    if field.message_type is not None:
        if field.message_type.full_name == TIMESTAMP:
            return {"type": "string", "format": "date-time"}
        return message_schema(event, field.message_type)
    if field.enum_type is not None:
        return {"type": "string", "enum": [value.name for value in field.enum_type.values if value.number]}
    if field.type in INTEGERS:
        return {"type": "integer"}
    if field.type in LONG_INTEGERS:
        return {"type": "string", "pattern": "^-?[0-9]+$", "description": "64-bit integer as a string"}
    if field.type in NUMBERS:
        return {"type": "number"}
    if field.type == FieldDescriptor.TYPE_BOOL:
        return {"type": "boolean"}
    return {"type": "string"}


def message_schema(event: EventType, descriptor: Descriptor) -> dict[str, Any]:
    """JSON schema of a message in canonical proto JSON; fields with default values may be absent."""
    properties: dict[str, Any] = {}
    for field in descriptor.fields:
        schema = field_schema(event, field)
        comment = event.comment(f"{descriptor.full_name}.{field.name}")
        properties[field.json_name] = {**schema, "description": comment} if comment else schema
    return {"type": "object", "properties": properties}


def example(descriptor: Descriptor) -> dict[str, Any]:
    return {field.json_name: field_example(field) for field in descriptor.fields}


def field_example(field: FieldDescriptor) -> Any:
    value: Any
    if field.message_type is not None:
        value = EXAMPLE_TIME if field.message_type.full_name == TIMESTAMP else example(field.message_type)
    elif field.enum_type is not None:
        value = field.enum_type.values[-1].name
    elif field.type in INTEGERS:
        value = 1
    elif field.type in LONG_INTEGERS:
        value = "500000"
    elif field.type in NUMBERS:
        value = 0.5
    elif field.type == FieldDescriptor.TYPE_BOOL:
        value = True
    elif field.name.endswith("_id") or field.name.endswith("_ids"):
        value = EXAMPLE_ID
    else:
        value = {"currency": "CNY", "time_zone": "Asia/Shanghai"}.get(field.name, field.name)
    return [value] if field.is_repeated else value


HEADERS: dict[str, Any] = {
    "type": "object",
    "required": ["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time", "Nats-Msg-Id"],
    "properties": {
        "ce-specversion": {"const": "1.0"},
        "ce-id": {
            "type": "string",
            "format": "uuid",
            "description": "Deduplicate by (ce-source, ce-id).",
        },
        "ce-source": {"type": "string", "description": "The service, for example /quanzi/risk."},
        "ce-type": {"type": "string"},
        "ce-subject": {"type": "string", "description": "Id of what it happened to."},
        "ce-time": {"type": "string", "format": "date-time"},
        "ce-dataschema": {"type": "string"},
        "ce-partitionkey": {"type": "string", "description": "Order is kept within one value of it."},
        "ce-sequence": {"type": "string"},
        "traceparent": {"type": "string"},
        "Nats-Msg-Id": {"type": "string", "description": "Equal to ce-id."},
    },
}


def asyncapi(events: list[EventType]) -> dict[str, Any]:
    channels, operations, messages = {}, {}, {}
    for event in events:
        name = event.descriptor.name
        messages[name] = {
            "name": event.type_name,
            "title": event.option.title_zh,
            "summary": event.comment(event.descriptor.full_name),
            "contentType": "application/json",
            "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
            "payload": message_schema(event, event.descriptor),
            "x-partition-key": event.option.partition_key,
            "examples": [{"payload": example(event.descriptor)}],
        }
        channels[name] = {
            "address": event.address,
            "title": event.option.title_zh,
            "parameters": {"tenant": {"description": "Tenant id."}},
            "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        }
        operations[f"publish{name}"] = {"action": "send", "channel": {"$ref": f"#/channels/{name}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Quanzi events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in binary mode on NATS JetStream, stream EVENTS, kept 30 days. "
            "Delivery is at least once; deduplicate by (ce-source, ce-id). "
            "Order is promised per ce-partitionkey and nothing more.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": {"CloudEventHeaders": HEADERS}},
    }


def table(events: list[EventType]) -> str:
    rows = [
        f"| `{event.type_name}` | {event.option.title_zh} | {event.comment(event.descriptor.full_name)} "
        f"| `{event.option.partition_key}` |"
        for event in events
    ]
    return "\n".join(
        [
            "# Event catalogue",
            "",
            "Generated from `proto/` by `make proto`; machines read [asyncapi.yaml](asyncapi.yaml).",
            "The subject is the type with the tenant id as second token. Order is kept per partition key.",
            "",
            "| type | 中文 | what happened | partition key |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    events = sorted(event_types(), key=lambda event: event.type_name)
    document = yaml.safe_dump(asyncapi(events), allow_unicode=True, sort_keys=False, width=110)
    (out / "asyncapi.yaml").write_text(document, encoding="utf-8")
    (out / "README.md").write_text(table(events), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "events").resolve())
