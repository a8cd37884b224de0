"""The whole platform, from nothing running to nothing running."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from contextlib import closing
from dataclasses import dataclass

import psycopg
from rich.console import Console

from chassis.embedded.children import ChildFailed
from chassis.embedded.places import AlreadyRunning
from quanzi_local.credentials import Credentials
from quanzi_local.home import Home, NotUsable
from quanzi_local.launcher import servers as servers_module
from quanzi_local.launcher.logbook import LogBook
from quanzi_local.launcher.parts import parts
from quanzi_local.launcher.ports import LOOPBACK, require_free
from quanzi_local.launcher.schemas import bring_up_to_date
from quanzi_local.launcher.servers import Servers
from quanzi_local.launcher.status import Shown, show
from quanzi_local.launcher.supervisor import Part, PartDied, Supervisor

SERVER_CHECK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    http_port: int
    quiet: bool = False
    restart: bool = False

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.http_port}"


def launch(home: Home, options: Options) -> int:
    """Runs until a signal (0) or the death of a part (1). Raises NotUsable."""
    home.prepare()
    with home.locked(), closing(LogBook(home.logs, quiet=options.quiet)) as book:
        require_free(options.http_port, "QUANZI_HTTP_PORT")
        try:
            return asyncio.run(Launch(home, options, book).run())
        except (ChildFailed, AlreadyRunning, psycopg.OperationalError) as error:
            raise NotUsable(str(error)) from error


class Launch:
    def __init__(self, home: Home, options: Options, book: LogBook) -> None:
        self._home = home
        self._options = options
        self._book = book
        self._console = Console()
        self._began = time.monotonic()
        self._supervisor = Supervisor(book, restart=options.restart)
        self._interrupted = False

    async def run(self) -> int:
        work = asyncio.create_task(self._live())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._interrupt, work)
        try:
            await work
        except PartDied as death:
            print(f"\nquanzi: the platform stopped: {death}", file=sys.stderr)  # noqa: T201
            return 1
        except asyncio.CancelledError:
            self._say("everything is stopped")
        return 0

    def _interrupt(self, work: asyncio.Task[None]) -> None:
        """The first signal stops in order, the second one at once."""
        if self._interrupted:
            self._supervisor.kill_all()
            return
        self._interrupted = True
        self._say("stopping; again to stop at once")
        work.cancel()

    async def _live(self) -> None:
        credentials = Credentials(self._home.secrets)
        credentials.make_keys()
        self._say("starting PostgreSQL and NATS")
        with servers_module.started(self._home) as servers:
            await servers.ensure_streams()
            await bring_up_to_date(self._home, servers, credentials, self._say)
            described = parts(self._home, credentials, servers, self._options.http_port)
            self._say(f"starting {', '.join(part.name for part in described)}")
            async with self._supervisor as supervisor:
                for part in described:
                    supervisor.start(part)
                await supervisor.unless_dead(supervisor.ready(described))
                self._announce(servers, described)
                await supervisor.unless_dead(self._load_sample())
                self._show(servers, described)
                await supervisor.unless_dead(self._servers_live(servers))

    async def _load_sample(self) -> None:
        from quanzi_local.sample.load import SampleRefused, load_sample  # imported while the parts start

        try:
            await load_sample(self._home, self._options.url)
        except SampleRefused as refusal:
            raise PartDied(f"the sample tenant could not be loaded: {refusal}") from refusal

    async def _servers_live(self, servers: Servers) -> None:
        """Returns never. Raises PartDied when an embedded server ended, or starts it again."""
        while True:
            await asyncio.sleep(SERVER_CHECK_SECONDS)
            for server, name in servers.embedded():
                if server.running:
                    continue
                if not self._options.restart:
                    raise PartDied(f"{name} ended; its log is below {self._home.root / name.lower()}")
                self._say(f"{name} ended, starting it again")
                server.start()

    def _announce(self, servers: Servers, described: list[Part]) -> None:
        self._home.announce(
            {
                "gateway": self._options.url,
                "database_url": servers.database_url,
                "nats_url": servers.nats_url,
                "parts": {part.name: part.address for part in described},
                "pids": self._supervisor.pids,
            }
        )

    def _show(self, servers: Servers, described: list[Part]) -> None:
        pids = self._supervisor.pids
        rows = [
            *(Shown(name, pid, address) for name, pid, address in servers.described()),
            *(Shown(part.name, pids[part.name], part.address) for part in described),
        ]
        show(self._console, rows, self._options.url, self._home, time.monotonic() - self._began)

    def _say(self, text: str) -> None:
        self._book.write("quanzi", text)
