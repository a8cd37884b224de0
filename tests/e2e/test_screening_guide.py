"""The guide for screens about screening: every operation is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import parse, validate

from chassis.testbed.waiting import until

from ..harness.brand import registered_brand, row
from ..harness.front_end import schema
from ..harness.guide import Example, GuidedBrand, each, examples
from ..harness.whole_platform import Platform

pytestmark = pytest.mark.e2e

EXAMPLES = examples("screening.md")
ADVERT = "刷单返现，加微信 wx_88888"


@pytest.fixture(scope="module")
async def desk(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "screening") as brand:
        await brand.group("wr-screening")
        now = datetime.now(UTC)
        await brand.admin.bring([row("message", "advert-1", "wm-1", now, group="wr-screening", text=ADVERT)])
        listed = "query { violations(first: 1) { nodes { id } } }"

        async def opened() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await brand.admin.ask(listed))["violations"]["nodes"]
            return found

        [violation] = await until(opened, lambda found: len(found) == 1, "a violation")
        yield GuidedBrand(brand, {"violation": violation["id"]})


@each(EXAMPLES, "query", "mutation", "subscription")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@each(EXAMPLES, "query")
async def test_an_example_is_answered(desk: GuidedBrand, example: Example) -> None:
    [answer] = (await desk.show(example)).values()
    if example.name == "TryTexts":
        assert [(it["verdict"], bool(it["findings"])) for it in answer] == [("BLOCK", True), ("ALLOW", False)]
    else:
        assert answer.get("nodes", [answer])


@each(EXAMPLES, "mutation")
async def test_an_example_is_done(desk: GuidedBrand, example: Example) -> None:
    [payload] = (await desk.show(example)).values()
    assert payload["userErrors"] == []
    if example.name == "Review":
        assert payload["violation"] == {"status": "REVERSED", "tasks": [{"status": "CANCELLED"}]}
