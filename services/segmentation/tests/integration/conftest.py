from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from nats.js import JetStreamContext
from sqlalchemy import text

from chassis.database import Database, transactions
from chassis.testbed import tenants
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from chassis.testbed.processes import IdentityKeys
from chassis.testing import StartProcess
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.ports import Transactions

from ..samples import Brand
from .alerting import Clock, quiet_group
from .door import Door

# Its peers are asked for what they keep of a member alone.
NOBODY = {f"QUANZI_{peer}_ADDRESS": "127.0.0.1:1" for peer in ("CONTENT", "CAMPAIGNS", "SUPPORT", "RISK")}


async def nothing_is_due(database: Database, brand: Brand) -> None:
    """Any more: timers fire for all tenants, so a test that puts the clock forward works for this one."""
    async with database.session(brand.tenant_id) as session:
        await session.connection.execute(text("delete from timers"))


@pytest.fixture(scope="session")
def stored(service_database: DatabaseFactory) -> ServiceDatabase:
    """One database for all tests here: each works as tenants of its own."""
    return service_database("segmentation")


@pytest.fixture(scope="session")
async def database(stored: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database.connect(stored.url, "segmentation", pool_size=10)
    yield database
    await database.dispose()


@pytest.fixture(scope="session")
def in_transaction(database: Database) -> Transactions:
    return transactions(database, SqlUnitOfWork)


@pytest.fixture
async def new_brand(database: Database) -> AsyncIterator[Callable[[], Awaitable[Brand]]]:
    brands: list[Brand] = []

    async def register() -> Brand:
        brands.append(Brand())
        await tenants.register(database, brands[-1].tenant_id)
        return brands[-1]

    yield register
    for brand in brands:
        await nothing_is_due(database, brand)


@pytest.fixture
async def brand(new_brand: Callable[[], Awaitable[Brand]]) -> Brand:
    return await new_brand()


@pytest.fixture(scope="module")
async def door(
    shared_process: StartProcess,
    stored: ServiceDatabase,
    identity_keys: IdentityKeys,
    jetstream: JetStreamContext,
) -> AsyncIterator[Door]:
    """The service as a process, and a client of it; from the first test of a file that asks to the last.

    It works for all tenants of the database: tests that look into the outbox come before those with a door.
    """
    door = Door(shared_process("segmentation", stored.url, NOBODY), identity_keys.signer("gateway"))
    yield door
    await door.close()


@pytest.fixture
def clock(database: Database, in_transaction: Transactions) -> Clock:
    return Clock(database, in_transaction)


@pytest.fixture
async def quiet(in_transaction: Transactions, brand: Brand) -> Brand:
    """Its group is ill from the first day on: see `quiet_group`."""
    await quiet_group(in_transaction, brand)
    return brand
