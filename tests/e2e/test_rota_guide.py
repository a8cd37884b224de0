"""The guide to rota and training: every operation in it is answered by the real services, in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from graphql import parse, validate

from chassis.testbed.waiting import eventually, until_true

from ..harness.brand import registered_brand, row
from ..harness.front_end import schema
from ..harness.guide import Example, GuidedBrand, each, examples
from ..harness.whole_platform import Platform
from .isolation.judged import judged
from .isolation.rostered import rostered

pytestmark = pytest.mark.e2e

EXAMPLES = examples("rota-and-training.md")


@pytest.fixture(scope="module")
async def office(running_platform: Platform) -> AsyncIterator[GuidedBrand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "rota") as brand:
        group = await brand.group("wr-rota")
        closed = await judged(brand, "wr-rota", "wm-rota")
        yield GuidedBrand(brand, {**closed, **await rostered(brand, group), "group": group})


def _named(name: str) -> Example:
    return next(example for example in EXAMPLES if example.name == name)


@each(EXAMPLES, "query", "mutation", "subscription")
def test_an_example_is_valid(example: Example) -> None:
    assert validate(schema(), parse(example.text)) == []


@each(EXAMPLES, "mutation")
async def test_an_example_is_done(office: GuidedBrand, example: Example) -> None:
    [payload] = (await office.show(example)).values()
    assert payload["userErrors"] == []


@each(EXAMPLES, "query")
async def test_an_example_is_answered(office: GuidedBrand, example: Example) -> None:
    answer = await office.show(example)
    assert all(value is not None for value in answer.values())


async def test_the_quiz_was_passed(office: GuidedBrand) -> None:
    """It asks what the closed case was, which the guide answers, and the guide says who was there."""
    [session] = (await office.show(_named("Overdue")))["trainingSessions"]["nodes"]
    assert (session["questions"], session["staff"], session["completed"]) == (1, 3, 1)


async def test_a_gap_is_heard_of(office: GuidedBrand) -> None:
    """A member joins, so the group needs a moderator, and has none at most times."""
    admin, group = office.brand.admin, office.ids["group"]
    now = datetime.now(UTC)
    week = {"group": group, "from": now.isoformat(), "until": (now + timedelta(days=7)).isoformat()}

    async def sizes() -> set[int]:
        spans = (await admin.ask(_named("Coverage").text, **week))["coverage"]
        return {span["size"] for span in spans}

    async with admin.listen(_named("GapChanges").text) as changes:
        await admin.bring([row("joined", "join-1", "wm-rota", now, group="wr-rota")])
        await eventually(sizes, {1})
        await office.show(_named("Put"))
        await until_true(lambda: bool(changes))
    heard = changes[0]["rotaGapChanged"]
    assert (heard["closed"], heard["group"]) == (False, {"name": "wr-rota"})
    gaps = (await office.show(_named("Gaps")))["rotaGaps"]["nodes"]
    assert heard["gapId"] in {gap["id"] for gap in gaps}
