"""LISTEN on a connection of its own, so that a loop sleeps until there is something to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from chassis.backoff import Backoff

CONNECT_SECONDS = 5
# The last is what asyncpg makes of a connection that breaks between two steps of one statement.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
KEEPALIVE = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}


class Wakeup:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout: float) -> None:  # noqa: ASYNC109  (a pause, not a deadline)
        """Until rung since the last wait, or so many seconds. Look for work after it, never before."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._rung.wait()
        self._rung.clear()


@asynccontextmanager
async def listening(url: str, channel: str, application_name: str) -> AsyncIterator[Wakeup]:
    """Rings at every NOTIFY on the channel, and whenever some may have been missed: after each connect.

    Only a helper: whoever waits still looks now and then by itself.
    """
    wakeup = Wakeup()
    listener = asyncio.create_task(_listen(url, channel, application_name, wakeup))
    try:
        yield wakeup
    finally:
        listener.cancel()
        with suppress(asyncio.CancelledError):
            await listener


async def _listen(url: str, channel: str, application_name: str, wakeup: Wakeup) -> None:
    settings = {"application_name": application_name, **KEEPALIVE}
    backoff = Backoff(first=0.2, limit=5.0)
    while True:
        with suppress(*LOST):
            connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings=settings)
            try:
                await _ring_until_lost(connection, channel, wakeup, backoff)
            finally:
                connection.terminate()
        await asyncio.sleep(backoff.next())


async def _ring_until_lost(
    connection: "asyncpg.Connection[asyncpg.Record]", channel: str, wakeup: Wakeup, backoff: Backoff
) -> None:
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    await connection.add_listener(channel, lambda *_: wakeup.ring())
    backoff.reset()
    wakeup.ring()
    await lost.wait()
