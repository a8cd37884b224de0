"""Messages with something in every field, so that nothing of the graph is left untried."""

from __future__ import annotations

from typing import Any, TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from quanzi.paging.v1.paging_pb2 import PageInfo
from quanzi.segmentation.v1.segments_pb2 import Condition, TagTest

from ..test_members import NOW, uuid

M = TypeVar("M", bound=Message)

_TEXTS = {
    "date": "2026-11-02",
    "week": "2026-11-02",
    "month": "2026-11-01",
    "start_date": "2026-11-02",
    "from_date": "2026-11-02",
    "to_date": "2026-11-08",
}


def filled(kind: type[M]) -> M:
    """One of everything: one item in each list, the first choice of each oneof."""
    given: Any = {
        Timestamp: NOW,
        PageInfo: PageInfo(cursors=["c"], total_count=1),
        Condition: Condition(tag=TagTest(name="老客")),
    }.get(kind)
    if given is not None:
        return given
    message = kind()
    for field in kind.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if oneof is None or oneof.fields[0] is field:
            _fill(message, field)
    return message


def _fill(message: Any, field: FieldDescriptor) -> None:
    many = getattr(message, field.name)
    if field.message_type is not None:
        if field.message_type.GetOptions().map_entry:
            return
        target = many.add() if field.is_repeated else many
        target.CopyFrom(filled(type(target)))
    elif field.is_repeated:
        many.append(_value(field))
    else:
        setattr(message, field.name, _value(field))


def _value(field: FieldDescriptor) -> Any:
    if field.enum_type is not None:
        return 1
    if field.type == FieldDescriptor.TYPE_BYTES:
        return b"x"
    if field.type == FieldDescriptor.TYPE_STRING:
        of_something = field.name in {"id", "ids"} or field.name.endswith(("_id", "_ids"))
        return uuid("x", 1) if of_something else _TEXTS.get(field.name, field.name)
    return {FieldDescriptor.TYPE_BOOL: True, FieldDescriptor.TYPE_DOUBLE: 0.5}.get(field.type, 3)
