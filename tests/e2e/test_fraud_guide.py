"""The guide of fraud and audits: every operation in it is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from graphql import parse, validate

from ..harness.brand import registered_brand
from ..harness.front_end import schema
from ..harness.guide import Example, GuidedBrand, each, examples
from ..harness.whole_platform import Platform
from .isolation.impersonated import impersonated

pytestmark = pytest.mark.e2e

EXAMPLES = examples("fraud-and-audits.md")


@pytest.fixture(scope="module")
async def desk(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    """A brand with staff, an imposter who speaks of money, and an audit."""
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "fraud") as brand:
        await brand.group("wr-fraud")
        ids = await impersonated(brand, "wr-fraud", "wm-imposter")
        yield GuidedBrand(brand, ids | {"member": ids["imposter"]})


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
