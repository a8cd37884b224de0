"""A rush through the graph: whatever races, exactly the stock is reserved."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest

from chassis.testbed.waiting import until

from ..harness.brand import registered_brand, row
from ..harness.whole_platform import Platform

pytestmark = pytest.mark.e2e

MEMBERS, CLAIMS_EACH, STOCK = 100, 2, 20
GROUP = "wr-rush"


async def test_two_hundred_claims_on_twenty_units(platform: Platform) -> None:
    async with registered_brand(platform, "rush") as brand:
        admin, now = brand.admin, datetime.now(UTC)
        group = await brand.group(GROUP)
        await admin.bring(row("joined", f"j-{n}", f"m-{n}", now, group=GROUP) for n in range(MEMBERS))
        sale = await admin.do(
            "flashSaleSchedule", "campaign { id }", name="秒杀", groups=[group], itemName="面膜", stock=STOCK,
            startsAt=now.isoformat(), endsAt="2099-01-01T00:00:00Z", perMemberLimit=1, priceMinor=1,
            paymentDeadlineSeconds=600,
        )  # fmt: skip

        async def members() -> list[str]:
            found = await admin.ask("query { members(first: 100) { nodes { id } } }")
            return [one["id"] for one in found["members"]["nodes"]]

        everybody = await until(members, lambda found: len(found) == MEMBERS, "the members")
        answers = await asyncio.gather(
            *(
                admin.mutate("claimReserve", "claim { id }", campaign=sale["campaign"]["id"], member=member)
                for member in everybody * CLAIMS_EACH
            )
        )
        outcomes = Counter(
            answer["userErrors"][0]["code"] if answer["userErrors"] else "RESERVED" for answer in answers
        )
        assert outcomes["RESERVED"] == STOCK
        assert outcomes.keys() <= {"RESERVED", "SOLD_OUT", "LIMIT_REACHED"}
