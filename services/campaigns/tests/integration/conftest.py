from collections.abc import AsyncIterator, Callable, Mapping
from uuid import UUID

import nats
import pytest
from nats.js import JetStreamContext

from campaigns.adapters.unit_of_work import SqlUnitOfWork
from campaigns.application.ports import Transactions
from chassis.database import Database, transactions
from chassis.ids import new_id
from chassis.messaging import ensure_streams
from chassis.tenancy import TenantProfile
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from chassis.testbed.processes import IdentityKeys, ServiceProcess
from chassis.testbed.servers import NatsForTests

from .door import Door

StartDoor = Callable[..., Door]


@pytest.fixture(scope="session")
def stored(service_database: DatabaseFactory) -> ServiceDatabase:
    """One database for all tests here: each works as tenants of its own."""
    return service_database("campaigns")


@pytest.fixture(scope="session")
async def database(stored: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database.connect(stored.url, "campaigns", pool_size=10)
    yield database
    await database.dispose()


@pytest.fixture(scope="session")
def sql_transactions(database: Database) -> Transactions:
    return transactions(database, SqlUnitOfWork)


@pytest.fixture
async def tenant_id(database: Database) -> UUID:
    """A registered tenant."""
    tenant_id = new_id()
    async with database.session(tenant_id) as session:
        profile = TenantProfile(tenant_id, f"brand-{tenant_id}", "品牌", "Asia/Shanghai", "CNY")
        await session.tenants.save(profile)
    return tenant_id


@pytest.fixture(scope="session")
async def jetstream(nats_server: NatsForTests) -> AsyncIterator[JetStreamContext]:
    connection = await nats.connect(nats_server.url, **nats_server.login("admin"))
    await ensure_streams(connection.jetstream())
    yield connection.jetstream()
    await connection.close()


@pytest.fixture
async def open_door(
    process: Callable[[str, str, Mapping[str, str]], ServiceProcess],
    stored: ServiceDatabase,
    identity_keys: IdentityKeys,
    jetstream: JetStreamContext,
) -> AsyncIterator[StartDoor]:
    """`open_door()` starts the service as a process and gives a client of it."""
    doors: list[Door] = []

    def start() -> Door:
        settings = {"QUANZI_GRPC_MAX_CONCURRENT_CALLS": "2000"}
        door = Door(process("campaigns", stored.url, settings), identity_keys.signer("gateway"))
        doors.append(door)
        return door

    yield start
    for door in doors:
        await door.close()
