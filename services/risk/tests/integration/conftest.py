from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from uuid import UUID

import pytest
from nats.js import JetStreamContext

from chassis.database import Database, transactions
from chassis.ids import new_id
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from chassis.testbed.processes import IdentityKeys
from chassis.testing import StartProcess
from risk.adapters.screeners import CachedScreeners
from risk.adapters.unit_of_work import SqlUnitOfWork
from risk.application.ports import Transactions
from risk.application.screen_messages import screen_messages
from risk.bootstrap import follow_ups
from risk.domain.decision import Message

from ..samples import DEFAULT_WORDS, NORMALISER, NOW, SPELLINGS
from .door import Door

SCREENERS = CachedScreeners(NORMALISER, DEFAULT_WORDS, SPELLINGS)
FOLLOW_UPS = follow_ups()
StartDoor = Callable[[], Door]


async def screen(
    transactions: Transactions, tenant_id: UUID, messages: Sequence[Message], now: datetime = NOW
) -> None:
    """One batch in one transaction."""
    async with transactions(tenant_id) as uow:
        await screen_messages(uow, SCREENERS, FOLLOW_UPS, messages, now)


@pytest.fixture(scope="session")
def stored(service_database: DatabaseFactory) -> ServiceDatabase:
    """One database for all tests here: each works as tenants of its own."""
    return service_database("risk")


@pytest.fixture(scope="session")
async def database(stored: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database.connect(stored.url, "risk", pool_size=10)
    yield database
    await database.dispose()


@pytest.fixture(scope="session")
def sql_transactions(database: Database) -> Transactions:
    return transactions(database, SqlUnitOfWork)


@pytest.fixture
def tenant_id() -> UUID:
    return new_id()


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
        doors.append(Door(shared_process("risk", stored.url, {}), identity_keys.signer("gateway"), jetstream))
        return doors[-1]

    yield start
    for door in doors:
        await door.close()


@pytest.fixture(scope="module")
async def door(open_door: StartDoor) -> Door:
    """The one that the tests of a file share."""
    return open_door()
