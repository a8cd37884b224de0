"""By GraphQL: every node, every list filter, every mutation that takes an id, found in the schema itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    get_named_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.type import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    get_nullable_type,
)

from chassis.ids import new_id

from ...harness.brand import row
from ...harness.front_end import Refused, schema
from .two import GROUP, MEMBER, Two

pytestmark = pytest.mark.e2e

LOOKED_UP = (
    "member",
    "group",
    "item",
    "plan",
    "post",
    "campaign",
    "claim",
    "ticket",
    "violation",
    "case",
    "staffMember",
    "audit",
    "opinionIncident",
    "classifierModel",
    "segment",
    "alert",
    "operation",
    "erasure",
    "partner",
    "endpoint",
)
NOT_FOUND = ["NOT_FOUND"]
# What is not there is deleted already. A block is one's own, and may name anybody, seen or not.
NOTHING_TO_DO = {"segmentDelete", "tagRuleDelete", "memberBlock", "memberUnblock"}
# Answer each of many for itself.
ONE_BY_ONE = {"caseLeasesRenew", "casesRelease"}


async def test_nodes_of_others_are_not_found(two: Two) -> None:
    asked = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    ids = [two.theirs[name] for name in LOOKED_UP]
    assert (await two.b.admin.ask(asked, ids=ids))["nodes"] == [{"id": one} for one in ids]
    assert (await two.a.admin.ask(asked, ids=ids))["nodes"] == [None] * len(ids)


@pytest.mark.parametrize(("query", "reference"), [("groupByReference", GROUP), ("memberByReference", MEMBER)])
async def test_references_of_others_are_not_found(two: Two, query: str, reference: str) -> None:
    document = f"query($of: String!) {{ found: {query}(externalReference: $of) {{ id }} }}"
    assert (await two.b.admin.ask(document, of=reference))["found"]
    assert await two.a.admin.ask(document, of=reference) == {"found": None}


def _filters() -> list[tuple[str, str]]:
    """Every argument of a connection that takes an id."""
    root = schema().query_type
    assert root
    return [
        (name, argument)
        for name, field in root.fields.items()
        for argument, described in field.args.items()
        if str(get_named_type(described.type)) == "ID" and str(field.type).endswith("Connection")
    ]


def _figures() -> list[tuple[str, str]]:
    """Every argument of a list or an object of figures that takes ids."""
    root = schema().query_type
    assert root
    return [
        (name, argument)
        for name, field in root.fields.items()
        for argument, described in field.args.items()
        if argument not in {"id", "ids"}
        and str(get_named_type(described.type)) == "ID"
        and not str(field.type).endswith("Connection")
    ]


@pytest.mark.parametrize(("query", "argument"), _figures())
async def test_figures_of_others_are_those_of_nothing(two: Two, query: str, argument: str) -> None:
    """What is told of their group is what is told of a group that never was."""
    root = schema().query_type
    assert root
    field = root.fields[query]
    given = {name: _plausible(name, one) for name, one in field.args.items() if is_required_argument(one)}
    theirs = two.theirs[argument.removesuffix("s")]
    nothing = f"{theirs.rpartition('/')[0]}/{new_id()}"
    is_list = is_list_type(get_nullable_type(field.args[argument].type))
    answers = [
        await _figure(two, query, field, {**given, argument: [one] if is_list else one})
        for one in (theirs, nothing)
    ]
    assert answers[0] == answers[1]


async def _figure(two: Two, query: str, field: GraphQLField, values: dict[str, Any]) -> object:
    """What A is told, or the codes by which it is refused."""
    declared = ", ".join(f"${name}: {field.args[name].type}" for name in values)
    passed = ", ".join(f"{name}: ${name}" for name in values)
    chosen = _leaves(get_named_type(field.type))
    try:
        return await two.a.admin.ask(f"query({declared}) {{ {query}({passed}) {chosen} }}", **values)
    except Refused as refused:
        return refused.codes


def _leaves(kind: Any, depth: int = 3) -> str:
    """All fields without arguments, some levels deep; empty for a leaf and where it is too deep."""
    if not is_object_type(kind) or not depth:
        return ""
    chosen = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        below = _leaves(inner, depth - 1)
        if not field.args and (below or is_leaf_type(inner)):
            chosen.append(f"{name} {below}")
    return f"{{ {' '.join(chosen)} }}"


async def test_conditions_cannot_look_into_groups_of_others(two: Two) -> None:
    asked = "query($is: ConditionInput!) { segmentPreview(condition: $is) { members } }"
    condition = {"group": {"groups": [two.theirs["group"]]}}
    assert (await two.b.admin.ask(asked, **{"is": condition}))["segmentPreview"]["members"] > 0
    assert (await two.a.admin.ask(asked, **{"is": condition}))["segmentPreview"]["members"] == 0


@pytest.mark.parametrize(("query", "argument"), _filters())
async def test_lists_filtered_by_ids_of_others_are_empty(two: Two, query: str, argument: str) -> None:
    document = f"query($id: ID!) {{ {query}({argument}: $id) {{ nodes {{ __typename }} }} }}"
    assert (await two.a.admin.ask(document, id=two.theirs[argument]))[query] == {"nodes": []}


def _inputs() -> list[str]:
    """Every mutation whose input names something by id."""
    root = schema().mutation_type
    assert root
    named = [name for name, field in root.fields.items() if field.args and _id_fields(_input_of(name))]
    return [name for name in named if name not in ONE_BY_ONE]


def _input_of(mutation: str) -> GraphQLInputObjectType:
    root = schema().mutation_type
    assert root
    found = get_named_type(root.fields[mutation].args["input"].type)
    assert isinstance(found, GraphQLInputObjectType)
    return found


def _id_fields(given: GraphQLInputObjectType) -> list[str]:
    return [name for name, field in given.fields.items() if str(get_named_type(field.type)) == "ID"]


@pytest.mark.parametrize("mutation", _inputs())
async def test_no_mutation_reaches_what_others_own(two: Two, mutation: str) -> None:
    given = _input_of(mutation)
    values = {
        name: _plausible(name, field)
        for name, field in given.fields.items()
        if is_required_input_field(field)
    }
    for name in _id_fields(given):
        one = two.theirs.get(name.removesuffix("s"), f"gid://quanzi/WebhookDelivery/{new_id()}")
        values[name] = [one] if is_list_type(get_nullable_type(given.fields[name].type)) else one
    assert await _codes(two, mutation, values) == ([] if mutation in NOTHING_TO_DO else NOT_FOUND)


@pytest.mark.parametrize(
    ("mutation", "field"), [*((name, "cases") for name in ONE_BY_ONE), ("casesDecide", "decisions")]
)
async def test_cases_of_others_are_not_found(two: Two, mutation: str, field: str) -> None:
    case = two.theirs["case"]
    many = [case] if field == "cases" else [{"case": case, "outcome": "FALSE_POSITIVE"}]
    payload = await two.a.admin.mutate(mutation, "results { reason case { id } }", **{field: many})
    assert payload["results"] == [{"reason": "CASE_NOT_FOUND", "case": None}]


async def _codes(two: Two, mutation: str, values: dict[str, Any]) -> list[str]:
    try:
        payload = await two.a.admin.mutate(mutation, "__typename", **values)
    except Refused as refused:
        return [str(code) for code in refused.codes]
    return [error["code"] for error in payload["userErrors"]]


def _plausible(name: str, field: GraphQLInputField | GraphQLArgument) -> Any:
    """A value that gets past the checks of form."""
    if not is_list_type(get_nullable_type(field.type)):
        return _one_plausible(name, field)
    if name == "thresholds":
        kinds = schema().type_map["IndicatorKind"]
        assert isinstance(kinds, GraphQLEnumType)
        return [{"kind": kind, "healthyFrom": 0.5, "minimumSample": 1} for kind in kinds.values]
    return [_one_plausible(name, field)]


def _one_plausible(name: str, field: GraphQLInputField | GraphQLArgument) -> Any:
    kind = get_named_type(field.type)
    if isinstance(kind, GraphQLInputObjectType):
        by_kind = {"ConditionInput": {"tag": {"name": "x"}}, "TagRuleWhenInput": {"keywords": ["x"]}}
        return by_kind.get(kind.name) or {
            key: _plausible(key, one) for key, one in kind.fields.items() if is_required_input_field(one)
        }
    if is_enum_type(kind):
        assert isinstance(kind, GraphQLEnumType)
        return next(iter(kind.values))
    by_name = {
        "currency": "CNY",
        "url": "http://127.0.0.1:9/hook",
        "startsAt": "2098-01-01T00:00:00Z",
        "endsAt": "2099-01-01T00:00:00Z",
        "dueAt": "2098-01-01T04:00:00Z",
    }
    by_type = {"Int": 1, "Int64": 1, "Float": 0.5, "Boolean": True, "Date": "2098-01-01", "String": "x"}
    return by_name.get(name) or by_type.get(str(kind)) or datetime.now(UTC).isoformat()


async def test_activities_cannot_name_groups_of_others(two: Two) -> None:
    brought = [row("message", "x", "intruder", datetime.now(UTC), group=GROUP, text="?")]
    [refused, counts] = await two.a.admin.bring(brought)
    assert (refused["code"], counts) == ("UNKNOWN_GROUP", {"accepted": 0, "rejected": 1})
