from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from chassis.database import Database, transactions
from chassis.testbed.databases import DatabaseFactory
from segmentation.adapters.unit_of_work import SqlUnitOfWork

from .service import Service

NewService = Callable[[str], Awaitable[Service]]


@pytest.fixture(scope="session")
async def database(service_database: DatabaseFactory) -> AsyncIterator[Database]:
    database = Database.connect(service_database("segmentation").url, "segmentation", pool_size=5)
    yield database
    await database.dispose()


@pytest.fixture(scope="session")
def new_service(database: Database) -> NewService:
    """The service for a new tenant in a zone."""

    async def register(zone: str = "Asia/Shanghai") -> Service:
        return await Service.of_new_tenant(database, transactions(database, SqlUnitOfWork), zone)

    return register
