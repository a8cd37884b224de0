"""The guide to the opinion watch: every operation in it is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from graphql import parse, validate

from ..harness.brand import registered_brand
from ..harness.front_end import schema
from ..harness.guide import Example, GuidedBrand, each, examples
from ..harness.whole_platform import Platform
from .isolation.outraged import outraged

pytestmark = pytest.mark.e2e

EXAMPLES = examples("opinion-watch.md")


@pytest.fixture(scope="module")
async def desk(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "opinion") as brand:
        await brand.group("wr-opinion")
        yield GuidedBrand(brand, await outraged(brand, "wr-opinion"))


@each(EXAMPLES, "query", "mutation", "subscription")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@each(EXAMPLES, "mutation")
async def test_an_example_is_done(desk: GuidedBrand, example: Example) -> None:
    [payload] = (await desk.show(example)).values()
    assert payload["userErrors"] == []


@each(EXAMPLES, "query")
async def test_an_example_is_answered(desk: GuidedBrand, example: Example) -> None:
    answer = await desk.show(example)
    assert all(value is not None for value in answer.values())
