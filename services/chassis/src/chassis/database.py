"""PostgreSQL for a service: one transaction at a time, one tenant at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar
from uuid import UUID

from sqlalchemy import AdaptedConnection, event, make_url, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from chassis.idempotency import Idempotency
from chassis.inbox import Inbox
from chassis.outbox import Outbox
from chassis.tenancy import ProfileCache, Tenants
from chassis.timers import Timers
from chassis.wakeup import Wakeup, listening

CONNECT_SECONDS = 5
CHECKOUT_SECONDS = 10
STATEMENT_SECONDS = 30
CLIENT_SECONDS = 5  # the client's limit stands that far behind the server's
SERVER_SETTINGS = {
    "timezone": "UTC",
    "jit": "off",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
U = TypeVar("U")


def _refuse_closed(connection: AdaptedConnection, *_: object) -> None:
    """Has the pool replace what a restart of the server closed; a ping would be three round trips a time."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server closed the connection")


class Session:
    """One transaction of one tenant: every statement sees and changes rows of that tenant only."""

    def __init__(self, connection: AsyncConnection, tenant_id: UUID, profiles: ProfileCache) -> None:
        self.connection = connection
        self.tenant_id = tenant_id
        self.outbox = Outbox(connection, tenant_id)
        self.inbox = Inbox(connection, tenant_id)
        self.timers = Timers(connection, tenant_id)
        self.idempotency = Idempotency(connection, tenant_id)
        self.tenants = Tenants(connection, tenant_id, profiles)


class Database:
    def __init__(self, engine: AsyncEngine, schema: str) -> None:
        self.schema = schema
        self._engine = engine
        self._profiles = ProfileCache()

    @classmethod
    def connect(
        cls,
        url: str,
        schema: str,
        pool_size: int = 5,
        application_name: str | None = None,
        statement_seconds: int = STATEMENT_SECONDS,
    ) -> "Database":
        """`url` is postgresql://<schema>_app:…; connections are opened when first needed."""
        settings = {
            **SERVER_SETTINGS,
            "statement_timeout": f"{statement_seconds}s",
            "search_path": f"{schema}, public",
            "application_name": application_name or schema,
        }
        engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=CHECKOUT_SECONDS,
            hide_parameters=True,  # errors are logged and kept with dead letters: names and texts are not
            connect_args={
                "server_settings": settings,
                "timeout": CONNECT_SECONDS,
                "command_timeout": statement_seconds + CLIENT_SECONDS,
            },
        )
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
        return cls(engine, schema)

    @asynccontextmanager
    async def session(self, tenant_id: UUID) -> AsyncIterator[Session]:
        """One transaction as this tenant: commits at the end of the block, rolls back if it raises."""
        async with self._engine.begin() as connection:
            yield await self._of_tenant(connection, tenant_id)

    @asynccontextmanager
    async def snapshot(self, tenant_id: UUID) -> AsyncIterator[Session]:
        """As `session`; all statements see the one moment of the first."""
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            async with connection.begin():
                yield await self._of_tenant(connection, tenant_id)

    async def _of_tenant(self, connection: AsyncConnection, tenant_id: UUID) -> Session:
        await connection.execute(
            text("select set_config('quanzi.tenant_id', :tenant_id, true)"), {"tenant_id": str(tenant_id)}
        )
        return Session(connection, tenant_id, self._profiles)

    @asynccontextmanager
    async def relay_session(self) -> AsyncIterator[AsyncConnection]:
        """One transaction without a tenant: sees the chassis tables of all tenants, and no other table."""
        async with self._engine.begin() as connection:
            await connection.execute(text(f"set local role {self.schema}_relay"))
            yield connection

    def listen(self, table: str) -> AbstractAsyncContextManager[Wakeup]:
        """Be woken by every transaction that adds to this chassis table ("outbox", "timers")."""
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return listening(url, channel=f"{self.schema}_{table}", application_name=f"{self.schema} listen")

    async def ping(self) -> None:
        """Raises what the database raises if it does not answer within two seconds."""
        async with asyncio.timeout(2), self._engine.connect() as connection:
            await connection.execute(text("select 1"))

    async def dispose(self) -> None:
        await self._engine.dispose()


def transactions(
    database: Database, unit_of_work: Callable[[Session], U]
) -> Callable[[UUID], AbstractAsyncContextManager[U]]:
    """Tenant in, unit of work out: one transaction, committed at the end of the block."""

    return _units(database.session, unit_of_work)


def snapshots(
    database: Database, unit_of_work: Callable[[Session], U]
) -> Callable[[UUID], AbstractAsyncContextManager[U]]:
    """As `transactions`, for reading much of one moment."""
    return _units(database.snapshot, unit_of_work)


def _units(
    sessions: Callable[[UUID], AbstractAsyncContextManager[Session]], unit_of_work: Callable[[Session], U]
) -> Callable[[UUID], AbstractAsyncContextManager[U]]:
    @asynccontextmanager
    async def transaction(tenant_id: UUID) -> AsyncIterator[U]:
        async with sessions(tenant_id) as session:
            yield unit_of_work(session)

    return transaction
