"""The guide of the lexicon: every operation in it is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from graphql import parse, validate

from ..harness.brand import registered_brand
from ..harness.front_end import schema
from ..harness.guide import Example, GuidedBrand, each, examples
from ..harness.whole_platform import Platform

pytestmark = pytest.mark.e2e

EXAMPLES = examples("lexicon.md")


@pytest.fixture(scope="module")
async def desk(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "words") as brand:
        yield GuidedBrand(brand, {})


@each(EXAMPLES, "query", "mutation")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@each(EXAMPLES, "query", "mutation")
async def test_an_example_is_answered(desk: GuidedBrand, example: Example) -> None:
    [payload] = (await desk.show(example)).values()
    assert payload
    assert payload.get("userErrors", []) == []


def test_the_guide_shows_the_same_in_chinese() -> None:
    assert [it.text for it in EXAMPLES] == [it.text for it in examples("lexicon.zh-CN.md")]
