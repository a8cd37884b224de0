from collections.abc import AsyncIterator, Callable, Mapping
from uuid import UUID

import pytest
from nats.js import JetStreamContext

from campaigns.adapters.unit_of_work import SqlUnitOfWork
from campaigns.application.ports import Transactions
from chassis.database import Database, transactions
from chassis.testbed import tenants
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from chassis.testbed.processes import IdentityKeys, ServiceProcess

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
    return await tenants.register(database)


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
