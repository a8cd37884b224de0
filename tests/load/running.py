"""The platform as `quanzi up` runs it, in a folder of its own: real servers, fsync on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import httpx
import psutil

from quanzi_local.connections import NatsLogin
from quanzi_local.gateway_client import as_developer, connect
from quanzi_local.home import Home
from quanzi_local.identity import SAMPLE_TENANT, tenant_id
from quanzi_local.launcher.ports import free_ports

START_SECONDS = 180.0
STOP_SECONDS = 40.0
SERVERS = ("postgres", "nats")
PROFILING = Path(__file__).parent / "profiling"


class Platform:
    """A running platform, with what is needed to load and to look at it."""

    def __init__(self, home: Home, launcher: subprocess.Popen[str]) -> None:
        self.home = home
        self.tenant_id: UUID = tenant_id(SAMPLE_TENANT)
        self._launcher = launcher
        running: dict[str, Any] = home.require_running()
        self.url: str = running["gateway"]
        self.database_url: str = running["database_url"]
        self.nats = NatsLogin.of(home)
        self.addresses: dict[str, str] = running["parts"]

    def client(self, *roles: str) -> httpx.AsyncClient:
        return connect(self.url, as_developer(self.home, SAMPLE_TENANT, *(roles or ("admin",))))

    def service_url(self, service: str) -> str:
        """The database as that service sees it."""
        password = (self.home.secrets / f"{service}_app.password").read_text()
        address = urlsplit(self.database_url)
        place = address.netloc.rpartition("@")[2]
        return urlunsplit(address._replace(netloc=f"{service}_app:{password}@{place}"))

    def processes(self) -> dict[str, psutil.Process]:
        """By name: the six of ours, `postgres`, `nats` and the launcher itself."""
        running = {name: psutil.Process(pid) for name, pid in self.home.running()["pids"].items()}
        launcher = psutil.Process(self._launcher.pid)
        ours = {process.pid for process in running.values()}
        for child in launcher.children():
            if child.pid not in ours:
                running[_server_name(child)] = child
        return {**running, "launcher": launcher}


def _server_name(process: psutil.Process) -> str:
    """embedded servers are recognised by what they run."""
    command = " ".join(process.cmdline())
    return next((name for name in SERVERS if name in command), process.name())


@contextmanager
def platform_up(folder: Path, profile_folder: Path | None = None) -> Iterator[Platform]:
    """Raises AssertionError with the output of the launcher when it does not become ready."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "NATS_URL"}
    }
    environment |= {"QUANZI_HOME": str(folder / "home"), "QUANZI_HTTP_PORT": str(free_ports(1)[0])}
    if profile_folder:
        environment |= {"PYTHONPATH": str(PROFILING), "QUANZI_PROFILE_FOLDER": str(profile_folder)}
    log = folder / "launcher.out"
    with log.open("w") as output:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "quanzi_local", "up", "--quiet"],
            env=environment, stdout=output, stderr=output, text=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        while "is ready after" not in log.read_text():
            assert launcher.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield Platform(Home(folder / "home"), launcher)
    finally:
        launcher.terminate()
        try:
            launcher.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            launcher.kill()
            launcher.wait()
