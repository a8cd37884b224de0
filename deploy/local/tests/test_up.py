"""`quanzi up` with everything real, called as a person calls it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from chassis.embedded import nats, postgres
from chassis.testbed.waiting import PATIENCE
from quanzi_local.launcher.ports import free_ports

TempPaths = pytest.TempPathFactory
LeftOf = Callable[[set[int]], set[int]]
PARTS = {"segmentation", "content", "campaigns", "support", "risk", "gateway"}

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


class Platform:
    """One home on one port; `up` runs it, `quanzi` calls a verb."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_ports(1)[0]
        given = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "NATS_URL"}
        }
        self.environment = {**given, "QUANZI_HOME": str(home), "QUANZI_HTTP_PORT": str(self.port)}

    def quanzi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "quanzi_local", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    @contextmanager
    def up(self, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], set[int]]]:
        """A ready launcher and all processes below it."""
        log = self.home.with_name(f"{self.home.name}.out")
        with log.open("w") as output:
            launcher = subprocess.Popen(
                [sys.executable, "-m", "quanzi_local", "up", *arguments],
                env=self.environment, stdout=output, stderr=output, text=True,
            )  # fmt: skip
        try:
            deadline = time.monotonic() + 2 * PATIENCE
            while "is ready after" not in log.read_text():
                assert launcher.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield launcher, {process.pid for process in psutil.Process(launcher.pid).children(recursive=True)}
        finally:
            launcher.kill()
            launcher.wait()
            self.output = log.read_text()
            log.unlink()


@pytest.fixture
def platform(open_home: Path) -> Platform:
    return Platform(open_home)


def test_from_cold_to_warm_to_nothing(platform: Platform, left_of: LeftOf, tmp_path: Path) -> None:
    with platform.up("--quiet") as (launcher, below):
        refused_home = platform.quanzi("up", "--port", str(free_ports(1)[0]))
        assert (refused_home.returncode, "runs already" in refused_home.stderr) == (1, True)
        assert platform.quanzi("doctor").returncode == 0
        _feed(platform, tmp_path)
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(PATIENCE) == 0
        assert left_of(below) == set()

    began = time.monotonic()
    with platform.up("--quiet") as (launcher, below):
        print(f"warm start: {time.monotonic() - began:.1f} s")
        again = platform.quanzi("import", "activities", str(tmp_path / "rows.ndjson"))
        assert again.returncode == 0, again.stderr
        launcher.kill()
        launcher.wait()
        assert left_of(below) == set()


def _feed(platform: Platform, folder: Path) -> None:
    rows = folder / "rows.ndjson"
    row = {
        "kind": "message",
        "member": "m1",
        "source_id": "1",
        "occurred_at": "2026-01-01T00:00:00Z",
        "text": "hi",
    }
    rows.write_text(f"{json.dumps(row)}\nbroken\n{json.dumps({**row, 'source_id': '2', 'kind': 'sneeze'})}\n")
    imported = platform.quanzi("import", "activities", str(rows), "--group", "g-up", "--create-groups")
    assert imported.returncode == 0, imported.stderr
    assert "3 rows" in imported.stdout
    assert "1 accepted" in imported.stdout
    refused = [json.loads(line) for line in (folder / "rows.ndjson.rejects.ndjson").read_text().splitlines()]
    assert (refused[0]["line"], refused[0]["code"]) == (2, "INVALID_JSON")
    assert refused[1]["line"] == 3
    tailed = platform.quanzi("events", "tail", "quanzi.*.gateway.>", "--from-start", "--count", "1")
    assert "tenant" in tailed.stdout, tailed.stderr
    assert platform.quanzi("deadletters", "list").stdout == "there are none\n"


def test_the_death_of_a_part_ends_the_platform_and_is_told(platform: Platform, left_of: LeftOf) -> None:
    with platform.up("--quiet") as (launcher, below):
        pids = json.loads((platform.home / "secrets" / "running.json").read_text())["pids"]
        assert pids.keys() == PARTS
        os.kill(pids["risk"], signal.SIGKILL)
        assert launcher.wait(PATIENCE) == 1
        assert left_of(below) == set()
    assert "risk was ended by SIGKILL" in platform.output


def test_servers_of_your_own_are_used(
    platform: Platform, left_of: LeftOf, tmp_path_factory: TempPaths
) -> None:
    folder = tmp_path_factory.mktemp("servers")
    with postgres.start(folder / "postgres") as database, nats.start(folder / "nats") as broker:
        login = f"//admin:{broker.password_file('admin').read_text()}@"
        platform.environment |= {"DATABASE_URL": database.url, "NATS_URL": broker.url.replace("//", login)}
        with platform.up("--quiet") as (launcher, below):
            assert platform.quanzi("doctor").returncode == 0
            assert not (platform.home / "postgres").exists()
            launcher.send_signal(signal.SIGTERM)
            assert launcher.wait(PATIENCE) == 0
            assert left_of(below) == set()
        assert (database.running, broker.running) == (True, True)


def test_a_taken_port_is_told_before_anything_starts(platform: Platform) -> None:
    taken = subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(platform.port)],
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _listens(platform.port):
            time.sleep(0.05)
        answer = platform.quanzi("up")
    finally:
        taken.kill()
        taken.wait()
    assert answer.returncode == 1
    assert f"QUANZI_HTTP_PORT={platform.port + 1}" in answer.stderr


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
