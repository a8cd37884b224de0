"""Stays from before what is kept cannot be derived anew, and come through a merge all the same."""

from datetime import timedelta

import pytest

from chassis.database import Database, transactions
from chassis.testbed import tenants
from chassis.testbed.databases import DatabaseFactory
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.domain.activity import ActivityKind as Kind

from ..samples import NOW, Act, Brand, days
from .test_merging import merge, reverse, state
from .test_partitions import asked
from .test_recording import record

LONG_AGO = (
    Act(Kind.JOINED, "li", days(400)),
    Act(Kind.LEFT, "li", days(390)),
    Act(Kind.JOINED, "lily", days(399)),
    Act(Kind.JOINED, "lily", days(380), group="coffee"),
    Act(Kind.LEFT, "lily", days(5), group="coffee"),
    Act(Kind.JOINED, "wang", days(370), group="juice"),
)
LATELY = (
    Act(Kind.MESSAGE, "lily", days(2)),
    Act(Kind.LEFT, "li", days(1), group="juice"),
    Act(Kind.LEFT, "wang", days(1), group="juice"),
)


@pytest.mark.parametrize("forgotten", ["before", "meanwhile"])
async def test_reversed_it_is_as_if_never_merged(service_database: DatabaseFactory, forgotten: str) -> None:
    with service_database("segmentation") as stored:
        database = Database.connect(stored.url, "segmentation", pool_size=2)
        within = transactions(database, SqlUnitOfWork)
        merged, plain = Brand(), Brand()
        for brand in (merged, plain):
            await tenants.register(database, brand.tenant_id)
            await record(within, brand, LONG_AGO)

        def forget() -> None:
            oldest = (NOW - timedelta(days=60)).replace(day=1).date()
            asked(stored.admin_url, "select arrange_months(%s, %s)", oldest, oldest + timedelta(days=400))

        if forgotten == "before":
            forget()
        first = await merge(within, merged, "li", "lily")
        second = await merge(within, merged, "wang", "li")
        async with within(merged.tenant_id) as uow:
            stays = await uow.memberships.of_members([merged.member("wang")])
        assert {stay.group_id for stay in stays} == {
            merged.group(name) for name in ("tea", "coffee", "juice")
        }
        if forgotten == "meanwhile":
            forget()
        await record(within, merged, LATELY)
        await reverse(within, merged, second.id)
        await reverse(within, merged, first.id)

        await record(within, plain, LATELY)
        assert await state(database, merged) == await state(database, plain)
        await database.dispose()
