"""However the launcher ends, nothing it started stays: PostgreSQL with its children, NATS, the parts."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

LAUNCHER = Path(__file__).with_name("stand_ins") / "stand_in_launcher.py"
GONE_SECONDS = 15.0


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that an unprivileged user can reach too."""
    folder = Path(tempfile.mkdtemp(prefix="quanzi-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def start(home: Path, user: str | None = None) -> tuple[subprocess.Popen[str], set[int]]:
    """A launcher with everything running, and the ids of all processes below it."""
    launcher = subprocess.Popen(
        [sys.executable, str(LAUNCHER), str(home)], stdout=subprocess.PIPE, text=True, user=user
    )
    assert launcher.stdout is not None
    announced = set(json.loads(launcher.stdout.readline()))
    below = {process.pid for process in psutil.Process(launcher.pid).children(recursive=True)}
    assert announced <= below
    assert len(below) > len(announced), "PostgreSQL has children of its own"
    return launcher, below


def wait_gone(pids: set[int]) -> set[int]:
    """Those still there after GONE_SECONDS."""
    deadline = time.monotonic() + GONE_SECONDS
    while (alive := {pid for pid in pids if is_running(pid)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_kill_9_leaves_nothing_and_the_next_run_starts(home: Path) -> None:
    for _ in range(2):
        launcher, below = start(home)
        launcher.kill()
        launcher.wait()
        assert wait_gone(below) == set()


def test_a_signal_stops_everything(home: Path) -> None:
    launcher, below = start(home)
    launcher.send_signal(signal.SIGTERM)
    launcher.wait(GONE_SECONDS)
    assert wait_gone(below) == set()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become an ordinary user")
def test_an_ordinary_user_can_run_it_too(home: Path) -> None:
    if subprocess.run(["ls", str(Path(sys.executable).resolve())], user="nobody", check=False).returncode:
        pytest.skip("the interpreter of this environment is out of reach for ordinary users")
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    launcher, below = start(home, user="nobody")
    launcher.kill()
    launcher.wait()
    assert wait_gone(below) == set()
