from collections.abc import AsyncIterator, Awaitable, Callable

import nats
import pytest
from nats.js import JetStreamContext

from chassis.database import Database, transactions
from chassis.messaging import ensure_streams
from chassis.tenancy import TenantProfile
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from chassis.testbed.processes import IdentityKeys, ServiceProcess
from chassis.testbed.servers import NatsForTests
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.ports import Transactions

from ..samples import CURRENCY, Brand
from .door import Door


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
def new_brand(database: Database) -> Callable[[], Awaitable[Brand]]:
    async def register() -> Brand:
        brand = Brand()
        async with database.session(brand.tenant_id) as session:
            await session.tenants.save(
                TenantProfile(brand.tenant_id, "brand", "Brand", "Asia/Shanghai", CURRENCY)
            )
        return brand

    return register


@pytest.fixture
async def brand(new_brand: Callable[[], Awaitable[Brand]]) -> Brand:
    return await new_brand()


@pytest.fixture(scope="session")
async def jetstream(nats_server: NatsForTests) -> AsyncIterator[JetStreamContext]:
    connection = await nats.connect(nats_server.url, **nats_server.login("admin"))
    await ensure_streams(connection.jetstream())
    yield connection.jetstream()
    await connection.close()


@pytest.fixture
async def door(
    process: Callable[..., ServiceProcess],
    stored: ServiceDatabase,
    identity_keys: IdentityKeys,
    jetstream: JetStreamContext,
) -> AsyncIterator[Door]:
    """The service as a process of its own, and a client of it."""
    door = Door(process("segmentation", stored.url, {}), identity_keys.signer("gateway"))
    yield door
    await door.close()
