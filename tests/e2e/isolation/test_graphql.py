"""By GraphQL: every node, every list filter, every mutation that takes an id, found in the schema itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    get_named_type,
    is_enum_type,
    is_list_type,
    is_required_input_field,
)
from graphql.type import GraphQLEnumType, GraphQLInputField, get_nullable_type

from chassis.ids import new_id

from ...harness.brand import row
from ...harness.front_end import Refused, schema
from .two import GROUP, MEMBER, Two

pytestmark = pytest.mark.e2e

LOOKED_UP = ("member", "group", "item", "plan", "post", "campaign", "claim", "ticket", "violation")
NOT_FOUND = ["NOT_FOUND"]


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


@pytest.mark.parametrize(("query", "argument"), _filters())
async def test_lists_filtered_by_ids_of_others_are_empty(two: Two, query: str, argument: str) -> None:
    document = f"query($id: ID!) {{ {query}({argument}: $id) {{ nodes {{ __typename }} }} }}"
    assert (await two.a.admin.ask(document, id=two.theirs[argument]))[query] == {"nodes": []}


def _inputs() -> list[str]:
    """Every mutation whose input names something by id."""
    root = schema().mutation_type
    assert root
    return [name for name in root.fields if _id_fields(_input_of(name))]


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
    assert await _codes(two, mutation, values) == NOT_FOUND


async def _codes(two: Two, mutation: str, values: dict[str, Any]) -> list[str]:
    try:
        payload = await two.a.admin.mutate(mutation, "__typename", **values)
    except Refused as refused:
        return [str(code) for code in refused.codes]
    return [error["code"] for error in payload["userErrors"]]


def _plausible(name: str, field: GraphQLInputField) -> Any:
    """A value that gets past the checks of form."""
    kind = get_named_type(field.type)
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
    by_type = {"Int": 1, "Int64": 1, "Boolean": True, "Date": "2098-01-01", "String": "x"}
    return by_name.get(name) or by_type.get(str(kind)) or datetime.now(UTC).isoformat()


async def test_activities_cannot_name_groups_of_others(two: Two) -> None:
    brought = [row("message", "x", "intruder", datetime.now(UTC), group=GROUP, text="?")]
    [refused, counts] = await two.a.admin.bring(brought)
    assert (refused["code"], counts) == ("UNKNOWN_GROUP", {"accepted": 0, "rejected": 1})
