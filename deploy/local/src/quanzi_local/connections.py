"""How the verbs reach the servers of the running platform."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from quanzi_local.home import Home, NotUsable

ADMIN = "admin"


def administrator_url(home: Home) -> str:
    """DATABASE_URL, else the database of the running platform. Raises NotUsable."""
    return os.environ.get("DATABASE_URL") or str(home.require_running()["database_url"])


@dataclass(frozen=True, slots=True)
class NatsLogin:
    """`user` None: the address carries the credentials."""

    url: str
    user: str | None = None
    password: str | None = None

    @classmethod
    def of(cls, home: Home) -> NatsLogin:
        """NATS_URL, else the running platform's administrator. Raises NotUsable."""
        if url := os.environ.get("NATS_URL"):
            return cls(url)
        running = home.require_running()
        password_file = home.root / "nats" / "credentials" / f"{ADMIN}.password"
        if password_file.exists():
            return cls(running["nats_url"], ADMIN, password_file.read_text())
        return cls(running["nats_url"])


async def _already_raised(_: Exception) -> None:
    """Instead of the library's traceback."""


@asynccontextmanager
async def nats_client(login: NatsLogin) -> AsyncIterator[Client]:
    """A connection that gives up rather than waits. Raises NotUsable."""
    try:
        client = await nats.connect(
            login.url,
            user=login.user,
            password=login.password,
            connect_timeout=5,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            error_cb=_already_raised,
        )
    except (NatsError, OSError) as error:
        raise NotUsable(f"cannot reach NATS: {error}") from error
    try:
        yield client
    finally:
        await client.close()
