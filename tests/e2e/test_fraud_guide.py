"""The guide of fraud and audits: every operation in it is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import parse, validate

from chassis.testbed.waiting import until

from ..harness.brand import Brand, registered_brand, row
from ..harness.front_end import schema
from ..harness.guide import Example, each, examples
from ..harness.whole_platform import Platform

pytestmark = pytest.mark.e2e

EXAMPLES = examples("fraud-and-audits.md")
_IMPOSTERS = "query { cases(kind: FRAUD_SUSPICION) { nodes { member { id } } } }"
_REMINDERS = "query { paymentReminders { nodes { id } } }"


@dataclass(frozen=True, slots=True)
class Desk:
    brand: Brand
    ids: dict[str, str]

    async def show(self, example: Example) -> dict[str, Any]:
        answer: dict[str, Any] = await self.brand.admin.ask(example.text, **example.variables(self.ids))
        return answer


@pytest.fixture(scope="module")
async def desk(running_platform: Platform) -> AsyncIterator[Desk]:
    """A brand with staff, an imposter who speaks of money, and an audit."""
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "fraud") as brand:
        await brand.group("wr-fraud")
        liming = {"userid": "liming", "names": ["李明"], "role": "MODERATOR"}
        staff = await brand.admin.do("staffMemberPut", "staffMember { id }", **liming)
        now = datetime.now(UTC)
        offer = row("message", "offer-1", "wm-imposter", now, group="wr-fraud", text="私下转账给我更便宜")
        await brand.admin.bring([offer | {"display_name": "官方客服李明"}])

        async def first(query: str, name: str) -> list[dict[str, Any]]:
            nodes: list[dict[str, Any]] = (await brand.admin.ask(query))[name]["nodes"]
            return nodes

        [imposter] = await until(lambda: first(_IMPOSTERS, "cases"), bool, "a suspicion")
        [reminder] = await until(lambda: first(_REMINDERS, "paymentReminders"), bool, "a reminder")
        audit = await brand.admin.do("auditRun", "audit { id }")
        ids = {
            "staffMember": staff["staffMember"]["id"],
            "member": imposter["member"]["id"],
            "paymentReminder": reminder["id"],
            "audit": audit["audit"]["id"],
        }
        yield Desk(brand, ids)


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
