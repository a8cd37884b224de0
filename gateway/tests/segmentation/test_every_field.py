"""Every query and mutation of the domain, with every field: each is asked for once and answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLField

from gateway.schema import build_schema
from gateway.segmentation.mutations import SegmentationMutations
from gateway.segmentation.queries import SegmentationQueries

from ..conftest import Door
from .documents import document


def _fields(root: Any, domain: Any) -> dict[str, GraphQLField]:
    converter = build_schema().schema_converter
    names = {
        converter.config.name_converter.get_graphql_name(f) for f in domain.__strawberry_definition__.fields
    }
    return {name: field for name, field in root.fields.items() if name in names}


SCHEMA = build_schema()._schema
QUERIES = _fields(SCHEMA.query_type, SegmentationQueries)
MUTATIONS = _fields(SCHEMA.mutation_type, SegmentationMutations)
# Null in filled messages: a condition has one test, the activity is no order, nothing has succeeded yet.
NULL = {
    *("activities", "consent", "orders", "profile", "rfm", "seen", "tier", "group", "keywords"),
    *("amountMinor", "bytes", "resultUrl", "sha256"),
}


pytestmark = pytest.mark.usefixtures("everything_is_answered")


@pytest.mark.parametrize("name", QUERIES)
async def test_a_query(door: Door, name: str) -> None:
    text, variables = document("query", name, QUERIES[name])
    answer = await door.ask(text, **variables)
    assert "errors" not in answer
    assert set(_nulls(answer["data"][name])) <= NULL


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_mutation(door: Door, name: str) -> None:
    text, variables = document("mutation", name, MUTATIONS[name])
    answer = await door.ask(text, **variables)
    assert "errors" not in answer
    payload = answer["data"][name]
    assert payload.pop("userErrors") == []
    assert all(value is not None for value in payload.values())


def _nulls(value: Any, name: str = "") -> Iterator[str]:
    """Names of fields that are null."""
    match value:
        case None:
            yield name
        case list():
            for one in value:
                yield from _nulls(one, name)
        case dict():
            for key, one in value.items():
                yield from _nulls(one, key)
