"""The guide to the opinion watch: every operation in it is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import parse, validate

from chassis.testbed.waiting import until

from ..harness.brand import Brand, registered_brand, row
from ..harness.front_end import schema
from ..harness.guide import Example, each, examples
from ..harness.whole_platform import Platform

pytestmark = pytest.mark.e2e

EXAMPLES = examples("opinion-watch.md")
_POLICY = """
    query { opinionPolicy {
      negativeFromPercent shortWindowMinutes longWindowMinutes minimumMessages minimumComplaints
      minimumLiftPercent moderateSurprise seriousSurprise criticalSurprise seriousMessages
      criticalMessages acknowledgeMinutes calmMinutes keepCountsDays
    } }
"""
_OPEN = "query { opinionIncidents(statuses: [OPEN]) { nodes { id group { id } samples { maskedText } } } }"
_COMPLAINTS = ("质量太差了，用了一次就坏了", "客服态度恶劣，没人理", "假货，我要投诉", "一直不发货，要求退款")


@dataclass(frozen=True, slots=True)
class Desk:
    brand: Brand
    ids: dict[str, str]

    async def show(self, example: Example) -> dict[str, Any]:
        answer: dict[str, Any] = await self.brand.admin.ask(example.text, **example.variables(self.ids))
        return answer


async def outraged(brand: Brand, group: str) -> dict[str, str]:
    """A group of a brand that judges from the start; what was said ten minutes ago is judged at once."""
    policy = (await brand.admin.ask(_POLICY))["opinionPolicy"]
    await brand.admin.do(
        "opinionPolicyUpdate", "policy { version }", **policy, learningHours=0, plan=[], expectedVersion=0
    )
    before = datetime.now(UTC) - timedelta(minutes=10)
    await brand.admin.bring(
        [
            row(
                "message",
                f"opinion-{number}",
                f"wm-{number}",
                before,
                group=group,
                text=f"{_COMPLAINTS[number % len(_COMPLAINTS)]}，第{number}次说了",
            )
            for number in range(40)
        ]
    )

    async def opened() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await brand.admin.ask(_OPEN))["opinionIncidents"]["nodes"]
        return [incident for incident in found if incident["group"]]

    [incident] = await until(opened, bool, "an incident of the group")
    assert incident["samples"]
    return {"opinionIncident": incident["id"]}


@pytest.fixture(scope="module")
async def desk(running_platform: Platform) -> AsyncIterator[Desk]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "opinion") as brand:
        await brand.group("wr-opinion")
        yield Desk(brand, await outraged(brand, "wr-opinion"))


@each(EXAMPLES, "query", "mutation", "subscription")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@each(EXAMPLES, "mutation")
async def test_an_example_is_done(desk: Desk, example: Example) -> None:
    [payload] = (await desk.show(example)).values()
    assert payload["userErrors"] == []


@each(EXAMPLES, "query")
async def test_an_example_is_answered(desk: Desk, example: Example) -> None:
    answer = await desk.show(example)
    assert all(value is not None for value in answer.values())
