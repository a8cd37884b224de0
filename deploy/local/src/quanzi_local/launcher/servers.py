"""PostgreSQL and NATS: embedded, or those of DATABASE_URL and NATS_URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from chassis.embedded import nats, postgres
from chassis.messaging import ensure_streams
from quanzi_local.connections import ADMIN, NatsLogin, nats_client
from quanzi_local.home import Home

Server = postgres.PostgresServer | nats.NatsServer


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses, and the embedded servers behind them; None behind given ones."""

    database_url: str  # of an administrator
    nats_url: str
    postgres: postgres.PostgresServer | None
    nats: nats.NatsServer | None

    def embedded(self) -> list[tuple[Server, str]]:
        both: tuple[tuple[Server | None, str], ...] = ((self.postgres, "postgres"), (self.nats, "nats"))
        return [(server, name) for server, name in both if server]

    def nats_login(self, user: str) -> tuple[str, Path] | None:
        """User and password file; None for a given server, whose address carries them."""
        return (user, self.nats.password_file(user)) if self.nats else None

    async def ensure_streams(self) -> None:
        """The streams that all consumers wait for."""
        login = NatsLogin(self.nats_url)
        if self.nats:
            login = NatsLogin(self.nats_url, ADMIN, self.nats.password_file(ADMIN).read_text())
        async with nats_client(login) as client:
            await ensure_streams(client.jetstream())

    def described(self) -> list[tuple[str, int | None, str]]:
        """Name, process, address without credentials."""
        return [
            ("postgres", self.postgres.pid if self.postgres else None, _place(self.database_url)),
            ("nats", self.nats.pid if self.nats else None, _place(self.nats_url)),
        ]


@contextmanager
def started(home: Home) -> Iterator[Servers]:
    """Running servers; the embedded ones stop at the end, NATS first."""
    database_url, nats_url = os.environ.get("DATABASE_URL"), os.environ.get("NATS_URL")
    database, broker = None, None
    with ExitStack() as running:
        if not database_url:
            database = running.enter_context(postgres.start(home.root / "postgres"))
            database_url = database.url
        if not nats_url:
            port = int(os.environ.get("QUANZI_NATS_PORT", "0")) or None
            broker = running.enter_context(nats.start(home.root / "nats", port))
            nats_url = broker.url
        yield Servers(database_url, nats_url, database, broker)


def _place(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
