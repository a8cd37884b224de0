"""A fit begins in the night, when somebody asks, and for who had orders before there were fits."""

from pathlib import Path

import psycopg
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.migrations import upgrade
from chassis.provision import provision
from chassis.testbed import tenants
from chassis.testbed.databases import DatabaseFactory
from chassis.testbed.waiting import eventually
from quanzi.segmentation.v1 import predictions_pb2 as pb
from segmentation.application.fit_on_demand import AT_ONCE
from segmentation.application.keep_fitting import FIT_DUE

from ..samples import Brand
from .door import Door, as_caller

SERVICE = Path(__file__).parents[2]
ORDERS = text("""
    insert into orders (tenant_id, source, reference, member_id, paid_at, paid_minor, refunded_minor)
    select :tenant_id, 'shop', cast(number as text), cast(md5(cast(number % :buyers as text)) as uuid),
        now() - interval '1 day' * (number * 7919 % 400), 990 + number % 9000, 0
    from generate_series(1, :orders) as number
""")


async def test_a_fit_nobody_can_wait_for_goes_on_after_the_answer(
    door: Door, database: Database, brand: Brand
) -> None:
    size = {"buyers": AT_ONCE + 1, "orders": 2 * AT_ONCE + 2}
    async with database.session(brand.tenant_id) as session:
        await session.connection.execute(ORDERS, {"tenant_id": brand.tenant_id, **size})

    async def fitted() -> int:
        with as_caller(brand):
            return (await door.predictions.GetPredictionModel(pb.GetPredictionModelRequest())).model.buyers

    with as_caller(brand):
        begun = await door.predictions.FitPredictions(pb.FitPredictionsRequest())
    assert (begun.under_way, begun.HasField("model"), begun.predicted) == (True, False, 0)
    await eventually(fitted, AT_ONCE + 1)
    with as_caller(brand):
        again = await door.predictions.FitPredictions(pb.FitPredictionsRequest())
    assert (again.under_way, again.predicted) == (True, AT_ONCE + 1)
    assert again.model.status == pb.FIT_STATUS_FITTED


async def test_who_has_orders_already_is_fitted_next_night(service_database: DatabaseFactory) -> None:
    with service_database("segmentation") as own, psycopg.connect(own.admin_url, autocommit=True) as admin:
        admin.execute("drop schema segmentation cascade")
        roles = dict.fromkeys(("segmentation_owner", "segmentation_app"), own.server.role_password)
        provision(own.admin_url, ["segmentation"], roles)
        upgrade(SERVICE, own.owner_url, "0006")
        database = Database.connect(own.url, "segmentation")
        buying, quiet = new_id(), new_id()
        for tenant_id in (buying, quiet):
            await tenants.register(database, tenant_id)
        async with database.session(buying) as session:
            await session.connection.execute(ORDERS, {"tenant_id": buying, "buyers": 3, "orders": 9})

        upgrade(SERVICE, own.owner_url)

        async with database.session(buying) as session:
            assert await session.timers.pending(FIT_DUE, "nightly")
        await database.dispose()
        admin.execute("set search_path = segmentation")
        due = """select tenant_id, extract(hour from due_at at time zone 'Asia/Shanghai'), due_at > now()
                 from timers where kind = %s"""
        assert admin.execute(due, (FIT_DUE,)).fetchall() == [(buying, 3, True)]
        forced = "select bool_and(relforcerowsecurity) from pg_class where oid = any(%s::regclass[])"
        assert admin.execute(forced, (["orders", "tenants", "timers"],)).fetchone() == (True,)
