"""The guide for front ends: every operation in it is answered by the real services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import parse, validate

from chassis.testbed.waiting import until

from ..harness.brand import registered_brand
from ..harness.front_end import schema
from ..harness.guide import Example, GuidedBrand, each, examples
from ..harness.whole_platform import Platform
from .isolation.two import MEMBER, belongings

pytestmark = pytest.mark.e2e

EXAMPLES = examples("dashboards.md")


@pytest.fixture(scope="module")
async def console(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "console") as brand:
        ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        yield GuidedBrand(brand, await belongings(brand), {"until": ahead})


@each(EXAMPLES, "query", "mutation", "subscription")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@each(EXAMPLES, "mutation")
async def test_an_example_is_done(console: GuidedBrand, example: Example) -> None:
    [payload] = (await console.show(example)).values()
    assert payload["userErrors"] == []


@each(EXAMPLES, "query")
async def test_an_example_is_answered(console: GuidedBrand, example: Example) -> None:
    answer = await console.show(example)
    assert all(value is not None for value in answer.values())


async def test_a_group_is_drawn_without_arithmetic(console: GuidedBrand) -> None:
    example = next(one for one in EXAMPLES if one.name == "GroupDashboard")
    today = datetime.now(UTC).date()
    variables = {"group": console.ids["group"], "from": str(today - timedelta(days=6)), "to": str(today)}
    dashboard = await console.brand.admin.ask(example.text, **variables)
    group = dashboard["node"]
    assert [len(line["points"]) for line in group["trend"]["lines"]] == [7] * 8
    assert len(group["now"]["indicators"]) == 8
    assert group["alerts"], "no group reaches the thresholds"
    assert sum(share["share"] for share in group["tierDistribution"]) == pytest.approx(1)
    assert dashboard["cohorts"]["days"] == [1, 7, 30]
    assert [step["kind"] for step in dashboard["funnel"]] == ["REACHED", "CLICKED", "ORDERED"]


async def test_segments_and_exports_are_heard_of(console: GuidedBrand) -> None:
    brand, ids = console.brand, console.ids
    texts = {one.name: one.text for one in EXAMPLES}
    async with brand.admin.listen(texts["SegmentChanges"]) as changes:
        await brand.admin.do("memberTag", "member { id }", member=ids["member"], add=["老客"])
        [change] = await _heard(changes)
    entered = change["segmentMembersChanged"]
    assert entered["segment"] == {"id": ids["segment"], "size": 1}
    assert entered["enteredMemberIds"] == [ids["member"]]
    async with brand.admin.listen(texts["Finished"]) as ends:
        export = {"segment": ids["segment"], "format": "CSV"}
        await brand.admin.do("segmentExport", "operation { id }", **export)
        [end] = await _heard(ends)
    operation = end["operationFinished"]["operation"]
    assert operation["status"] == "SUCCEEDED"
    file = await brand.admin.http.get(operation["resultUrl"])
    assert MEMBER in file.text
    assert len(file.text.splitlines()) == 2, "a heading and a member"


async def _heard(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    async def so_far() -> list[dict[str, Any]]:
        return events

    return await until(so_far, bool, "an event")
