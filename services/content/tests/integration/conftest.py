"""A brand with approved items on a real database."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.database import Database, transactions
from chassis.testbed import tenants
from chassis.testbed.databases import DatabaseFactory, ServiceDatabase
from content.adapters.unit_of_work import SqlUnitOfWork
from content.application.create_item import CreateItem, create_item
from content.application.ports import Screened
from content.application.review_item import ReviewItem, review_item
from content.application.submit_item import submit_item
from content.domain.content_type import ContentFormat, ContentType, Verdict

InTransaction = Callable[[UUID], AbstractAsyncContextManager[SqlUnitOfWork]]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
Reconnect = Callable[[], Database]


class AllowsAll:
    async def screen(self, tenant_id: UUID, content: str) -> Screened:
        return Screened(Verdict.ALLOW, "")


@pytest.fixture(scope="module")
def content_database(service_database: DatabaseFactory) -> ServiceDatabase:
    return service_database("content")


@pytest.fixture
async def database(content_database: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database.connect(content_database.url, "content", pool_size=8)
    yield database
    await database.dispose()


@pytest.fixture
def in_transaction(database: Database) -> InTransaction:
    return transactions(database, SqlUnitOfWork)


@pytest.fixture
async def tenant_id(database: Database) -> UUID:
    return await tenants.register(database)


@pytest.fixture
async def library(tenant_id: UUID, in_transaction: InTransaction) -> int:
    """Ten approved items of each type; returns how many there are."""
    for content_type in ContentType:
        for number in range(10):
            command = CreateItem(
                f"{content_type}-{number}", content_type, ContentFormat.TEXT, "标题", "正文", ""
            )
            async with in_transaction(tenant_id) as uow:
                item = await create_item(uow, command, NOW)
            await submit_item(in_transaction, AllowsAll(), tenant_id, item.id, 1, NOW)
            async with in_transaction(tenant_id) as uow:
                await review_item(uow, ReviewItem(item.id, 1, approve=True, reason=""), NOW)
    return 10 * len(ContentType)
