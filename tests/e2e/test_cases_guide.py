"""The guide for reviewers' screens: every operation in it is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from graphql import parse, validate

from chassis.testbed.waiting import until

from ..harness.brand import registered_brand
from ..harness.front_end import schema
from ..harness.guide import Example, GuidedBrand, each, examples
from ..harness.whole_platform import Platform
from .isolation.judged import judged

pytestmark = pytest.mark.e2e

_WHOSE = "query ($case: ID!) { node(id: $case) { ... on Case { member { member: id } } } }"
EXAMPLES = examples("cases.md")


@pytest.fixture(scope="module")
async def desk(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "desk") as brand:
        await brand.group("wr-desk")
        ids = await judged(brand, "wr-desk", "wm-desk")

        async def whose() -> dict[str, str] | None:
            return (await brand.admin.ask(_WHOSE, case=ids["case"]))["node"]["member"]  # type: ignore[no-any-return]

        member = await until(whose, lambda found: found is not None, "its member")
        yield GuidedBrand(brand, ids | (member or {}))


@each(EXAMPLES, "query", "mutation", "subscription")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@each(EXAMPLES, "mutation")
async def test_an_example_is_done(desk: GuidedBrand, example: Example) -> None:
    [payload] = (await desk.show(example)).values()
    assert payload["userErrors"] == []
    assert all(result["reason"] is None for result in payload.get("results", ()))


@each(EXAMPLES, "query")
async def test_an_example_is_answered(desk: GuidedBrand, example: Example) -> None:
    answer = await desk.show(example)
    assert all(value is not None for value in answer.values())
