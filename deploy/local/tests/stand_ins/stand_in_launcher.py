"""The launcher's steps around stand-in parts: real PostgreSQL and NATS, two processes. Argument: home."""

import asyncio
import json
import os
import sys
from contextlib import closing
from pathlib import Path

from quanzi_local.home import Home
from quanzi_local.launcher.logbook import LogBook
from quanzi_local.launcher.servers import started
from quanzi_local.launcher.supervisor import Part, Supervisor

home = Home(Path(sys.argv[1]))


def stand_in(name: str) -> Part:
    ready_file = home.ready_files / name
    environment = {**os.environ, "QUANZI_SERVICE": name, "QUANZI_READY_FILE": str(ready_file)}
    environment["PYTHONPATH"] = str(Path(__file__).parent)
    return Part(name, "stand_in_part", "-", environment, ready_file)


async def live() -> None:
    with closing(LogBook(home.logs, quiet=True)) as book, started(home) as servers:
        async with Supervisor(book) as supervisor:
            parts = [stand_in("first"), stand_in("second")]
            for part in parts:
                supervisor.start(part)
            await supervisor.ready(parts)
            pids = [*supervisor.pids.values(), *(server.pid for server, _ in servers.embedded())]
            print(json.dumps(pids), flush=True)
            await supervisor.unless_dead(asyncio.Event().wait())


home.prepare()
with home.locked():
    asyncio.run(live())
