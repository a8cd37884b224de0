"""Documents that ask for everything a root field can answer."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)

from ..test_members import uuid

_DEPTH = 5
# Arguments that the schema does not require, but the field does.
_NEEDED = {("activities", "member")}
_TYPES = {
    "rule": "TagRule", "mergedMember": "Member", "groups": "Group", "cases": "Case", "members": "Member",
    "task": "ModeratorTask",
}  # fmt: skip
_SCALARS = {
    "Int": 3, "Int64": 3, "Float": 0.5, "Boolean": True, "String": "x",
    "Date": "2026-11-02", "DateTime": "2026-11-02T00:00:00Z",
}  # fmt: skip


def document(operation: str, name: str, field: GraphQLField) -> tuple[str, dict[str, Any]]:
    """The text that asks for all fields to some depth, and values of its variables."""
    required = {
        arg: one for arg, one in field.args.items() if is_required_argument(one) or (name, arg) in _NEEDED
    }
    declared = ", ".join(f"${arg}: {one.type}" for arg, one in required.items())
    passed = ", ".join(f"{arg}: ${arg}" for arg in required)
    text = (
        f"{operation}{f'({declared})' if declared else ''} "
        f"{{ {name}{f'({passed})' if passed else ''} {_selection(get_named_type(field.type), ())} }}"
    )
    return text, {arg: value(arg, one.type) for arg, one in required.items()}


def value(name: str, kind: Any) -> Any:
    """A value of an input type that gets past the checks of form."""
    if isinstance(kind, GraphQLNonNull):
        return value(name, kind.of_type)
    if isinstance(kind, GraphQLList):
        return [value(name, kind.of_type)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        if kind.name == "ConditionInput":
            return {"tag": {"name": "老客"}}
        if kind.name == "TagRuleWhenInput":
            return {"keywords": ["便宜"]}
        fields = {key: one for key, one in kind.fields.items() if is_required_input_field(one)}
        return {key: value(key, one.type) for key, one in fields.items()}
    if kind.name == "ID":
        return f"gid://quanzi/{_TYPES.get(name, name[0].upper() + name[1:])}/{uuid('x', 1)}"
    return _SCALARS[kind.name]


def _selection(kind: Any, path: tuple[str, ...]) -> str:
    """Nothing for a leaf; types that were met on the way are not entered again."""
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    chosen = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        entered = (*path, kind.name)
        if name == "edges" or inner.name in entered or any(map(is_required_argument, field.args.values())):
            continue
        composite = isinstance(inner, GraphQLObjectType | GraphQLInterfaceType)
        if composite and len(entered) >= _DEPTH:
            continue
        arguments = "(first: 1)" if "first" in field.args else ""
        below = _selection(inner, entered)
        if below or not composite:
            chosen.append(f"{name}{arguments} {below}")
    return f"{{ {' '.join(chosen)} }}" if chosen else ""
