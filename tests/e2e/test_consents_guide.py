"""The guide to consent: every operation in it is answered by the real services, in its order."""

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

EXAMPLES = examples("personal-data.md")
MEMBER = 'query { memberByReference(externalReference: "wm-laoke") { id } }'


@pytest.fixture(scope="module")
async def counter(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "consent") as brand:
        group = await brand.group("wr-consent")
        now = datetime.now(UTC)
        await brand.admin.bring(
            [row("message", name, name, now, group="wr-consent") for name in ("wm-laoke", "wm-xinke")]
        )
        found = await until(
            lambda: brand.admin.ask(MEMBER), lambda it: bool(it["memberByReference"]), "the member"
        )
        yield GuidedBrand(brand, {"group": group, "member": found["memberByReference"]["id"]})


def _named(name: str) -> Example:
    return next(example for example in EXAMPLES if example.name == name)


@each(EXAMPLES, "query", "mutation", "subscription")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


async def test_a_withdrawal_is_obeyed_and_heard_of(counter: GuidedBrand) -> None:
    async with counter.brand.admin.listen(_named("ConsentChanges").text) as changes:
        recorded = (await counter.show(_named("Record")))["consentsRecord"]
        assert (recorded["accepted"], recorded["rejections"], recorded["userErrors"]) == (2, [], [])

        async def heard() -> list[dict[str, Any]]:
            return [one["memberConsentChanged"] for one in changes]

        [change] = await until(heard, bool, "the change")
    assert change == {
        "memberId": counter.ids["member"],
        "previousState": "UNKNOWN",
        "state": "WITHDRAWN",
        "occurredAt": "2026-02-11T01:30:00Z",
    }
    member = (await counter.show(_named("Consents")))["node"]
    states = {one["purpose"]["code"]: one["state"] for one in member["consents"]}
    assert len(states) == 5
    assert {code for code, state in states.items() if state != "UNKNOWN"} == {"marketing"}
    assert [one["state"] for one in member["consentRecords"]["nodes"]] == ["WITHDRAWN", "GIVEN"]
    preview = (await counter.show(_named("MayBeAddressed")))["segmentPreview"]
    assert (preview["members"], preview["ofMembers"]) == (1, 2)


async def test_the_purposes_are_the_tenants(counter: GuidedBrand) -> None:
    before = (await counter.show(_named("Purposes")))["consentPolicy"]
    assert (before["version"], len(before["purposes"])) == (0, 5)
    changed = (await counter.show(_named("Purpose")))["consentPolicyUpdate"]
    assert (changed["policy"]["version"], changed["userErrors"]) == (1, [])
    assert (await counter.show(_named("Purposes")))["consentPolicy"] == changed["policy"]
