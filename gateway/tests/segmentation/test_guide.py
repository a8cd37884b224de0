"""The examples of the guide for front ends are valid, and answered."""

from __future__ import annotations

import pytest
from graphql import parse, validate

from gateway.schema import build_schema

from ..conftest import Door
from .guide import Example, examples

EXAMPLES = examples()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_valid(example: Example) -> None:
    assert validate(build_schema()._schema, parse(example.text)) == []


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if not one.subscribes], ids=lambda example: example.name
)
async def test_an_example_is_answered(door: Door, everything_is_answered: None, example: Example) -> None:
    answer = await door.ask(example.text, **example.variables)
    assert "errors" not in answer
    assert all(
        payload.get("userErrors", []) == []
        for payload in answer["data"].values()
        if isinstance(payload, dict)
    )
