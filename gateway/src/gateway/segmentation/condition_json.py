"""A condition as JSON in the shape of `ConditionInput`, so that a front end gives back what it got."""

import re
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from gateway.global_ids import global_id
from gateway.scalars import ConditionJSON
from quanzi.segmentation.v1 import segments_pb2


def condition_json(condition: segments_pb2.Condition) -> ConditionJSON:
    return ConditionJSON(_json(condition))


def _json(message: Message) -> Any:
    if isinstance(message, segments_pb2.Conditions):
        return [_json(one) for one in message.conditions]
    return dict(_entry(field, value) for field, value in message.ListFields())


def _entry(field: FieldDescriptor, value: Any) -> tuple[str, Any]:
    """Name and value of a field. Ids are those of groups, there are no others in a condition."""
    if field.name == "group_id":
        return "group", global_id("Group", value)
    if field.name == "group_ids":
        return "groups", [global_id("Group", one) for one in value]
    if field.enum_type:
        names = _names(field.enum_type)
        return field.camelcase_name, [names[one] for one in value] if field.is_repeated else names[value]
    return field.camelcase_name, _json(value) if field.message_type else value


def _names(enum: EnumDescriptor) -> dict[int, str]:
    """By number, without the prefix they have in the contract."""
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"
    return {one.number: one.name.removeprefix(prefix) for one in enum.values}
