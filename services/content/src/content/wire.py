"""Content types and their wire form."""

from content.domain.content_type import ContentType
from quanzi.content.v1 import items_pb2


def content_type_value(content_type: ContentType) -> items_pb2.ContentType.ValueType:
    return items_pb2.ContentType.Value(f"CONTENT_TYPE_{content_type.name}")


def content_type_of(value: items_pb2.ContentType.ValueType) -> ContentType | None:
    """None for the unspecified value."""
    return ContentType[items_pb2.ContentType.Name(value).removeprefix("CONTENT_TYPE_")] if value else None
