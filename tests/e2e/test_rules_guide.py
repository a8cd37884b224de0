"""The guide for screens about rules: every operation in it is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import parse, validate

from chassis.ids import derived_id
from chassis.testbed.waiting import until

from ..harness.brand import registered_brand, row
from ..harness.front_end import schema
from ..harness.guide import Example, GuidedBrand, each, examples
from ..harness.whole_platform import Platform

pytestmark = pytest.mark.e2e

EXAMPLES = examples("rules.md")
ADVERT = "刷单返现，加微信 wx_88888"


@pytest.fixture(scope="module")
async def desk(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "rules") as brand:
        group = await brand.group("wr-rules")
        now = datetime.now(UTC)
        await brand.admin.bring(
            [
                row("ugc", "post-1", "wm-rules", now, group="wr-rules", text="面膜真好用"),
                row("message", "advert-1", "wm-rules", now, group="wr-rules", text=ADVERT),
            ]
        )
        tasks = "query { moderatorTasks { nodes { id member { id } } } }"

        async def opened() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await brand.admin.ask(tasks))["moderatorTasks"]["nodes"]
            return found

        def is_known(found: list[dict[str, Any]]) -> bool:
            return len(found) == 1 and found[0]["member"] is not None

        [task] = await until(opened, is_known, "a task about a known member")
        activity = str(derived_id(brand.tenant_id, "activity", "wecom:post-1"))
        yield GuidedBrand(
            brand,
            {
                "group": group,
                "member": task["member"]["id"],
                "moderatorTask": task["id"],
            },
            {"activityId": activity},
        )


@each(EXAMPLES, "query", "mutation", "subscription")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@each(EXAMPLES, "mutation")
async def test_an_example_is_done(desk: GuidedBrand, example: Example) -> None:
    [payload] = (await desk.show(example)).values()
    assert payload["userErrors"] == []
    if example.name == "TakeBack":
        assert [(it["rule"], it["points"]) for it in payload["entries"]] == [("post_purchases", -10)]


@each(EXAMPLES, "query")
async def test_an_example_is_answered(desk: GuidedBrand, example: Example) -> None:
    answer = await desk.show(example)
    assert all(value is not None for value in answer.values())
