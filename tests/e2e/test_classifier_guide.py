"""The guide to a model of one's own: every operation in it is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from graphql import parse, validate

from ..harness.brand import registered_brand
from ..harness.front_end import schema
from ..harness.guide import Example, GuidedBrand, each, examples
from ..harness.whole_platform import Platform
from .isolation.retrained import retrained

pytestmark = pytest.mark.e2e

EXAMPLES = examples("classifier.md")


@pytest.fixture(scope="module")
async def desk(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "classifier") as brand:
        await brand.group("wr-classifier")
        yield GuidedBrand(brand, await retrained(brand, "wr-classifier"))


@each(EXAMPLES, "query", "mutation", "subscription")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@each(EXAMPLES, "mutation")
async def test_an_example_is_done(desk: GuidedBrand, example: Example) -> None:
    payload = (await desk.show(example)).popitem()[1]
    assert payload.pop("userErrors") == []
    assert all(value is not None for value in payload.values())


@each(EXAMPLES, "query")
async def test_an_example_is_answered(desk: GuidedBrand, example: Example) -> None:
    answer = await desk.show(example)
    assert all(value is not None for value in answer.values())
