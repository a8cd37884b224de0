"""The guide for front ends: every operation in it is answered by the real services."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import parse, validate

from chassis.testbed.waiting import until
from quanzi_local.home import PROJECT

from ..harness.brand import Brand, registered_brand
from ..harness.front_end import schema
from ..harness.whole_platform import Platform
from .isolation.two import MEMBER, belongings

pytestmark = pytest.mark.e2e

GUIDE = PROJECT / "docs" / "guides" / "dashboards.md"
_EXAMPLE = re.compile(r"^```graphql\n(.*?)^```\n(?:```json\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
_ID = re.compile(r"gid://quanzi/(\w)(\w+)/[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    variables: str

    @property
    def kind(self) -> str:
        return self.text.partition(" ")[0]

    @property
    def name(self) -> str:
        return re.findall(r"\w+", self.text)[1]


EXAMPLES = [Example(*found) for found in _EXAMPLE.findall(GUIDE.read_text(encoding="utf-8"))]


@dataclass(frozen=True, slots=True)
class Console:
    brand: Brand
    ids: dict[str, str]

    async def show(self, example: Example) -> dict[str, Any]:
        """With ids of the brand, and moments that lie ahead, in place of those of the guide."""
        told = _ID.sub(lambda found: self.ids[found[1].lower() + found[2]], example.variables or "{}")
        ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        variables = json.loads(re.sub(r'("until": )"[^"]+"', rf'\1"{ahead}"', told))
        return await self.brand.admin.ask(example.text, **variables)


@pytest.fixture(scope="module")
async def console(running_platform: Platform) -> AsyncIterator[Console]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "console") as brand:
        yield Console(brand, await belongings(brand))


def _named(kinds: set[str]) -> pytest.MarkDecorator:
    chosen = [pytest.param(one, id=one.name) for one in EXAMPLES if one.kind in kinds]
    return pytest.mark.parametrize("example", chosen)


@_named({"query", "mutation", "subscription"})
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@_named({"mutation"})
async def test_an_example_is_done(console: Console, example: Example) -> None:
    [payload] = (await console.show(example)).values()
    assert payload["userErrors"] == []


@_named({"query"})
async def test_an_example_is_answered(console: Console, example: Example) -> None:
    answer = await console.show(example)
    assert all(value is not None for value in answer.values())


async def test_a_group_is_drawn_without_arithmetic(console: Console) -> None:
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


async def test_segments_and_exports_are_heard_of(console: Console) -> None:
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
