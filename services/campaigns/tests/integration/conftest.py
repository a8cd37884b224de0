from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest
from nats.js import JetStreamContext

from campaigns.adapters.unit_of_work import SqlUnitOfWork
from campaigns.application.ports import Transactions
from chassis.database import Database, transactions
from chassis.testbed import tenants
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from chassis.testbed.processes import IdentityKeys
from chassis.testing import StartProcess

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


@pytest.fixture(scope="module")
async def open_door(
    shared_process: StartProcess,
    stored: ServiceDatabase,
    identity_keys: IdentityKeys,
    jetstream: JetStreamContext,
) -> AsyncIterator[StartDoor]:
    """`open_door()` starts the service as a process, for the rest of the file, and gives a client of it."""
    doors: list[Door] = []

    def start() -> Door:
        settings = {"QUANZI_GRPC_MAX_CONCURRENT_CALLS": "2000"}
        door = Door(shared_process("campaigns", stored.url, settings), identity_keys.signer("gateway"))
        doors.append(door)
        return door

    yield start
    for door in doors:
        await door.close()


@pytest.fixture(scope="module")
async def door(open_door: StartDoor) -> Door:
    """The one that the tests of a file share."""
    return open_door()
