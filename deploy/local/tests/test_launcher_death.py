"""However the launcher ends, nothing it started stays: PostgreSQL with its children, NATS, the parts."""

import json
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from chassis.testbed.waiting import PATIENCE

LAUNCHER = Path(__file__).with_name("stand_ins") / "stand_in_launcher.py"
LeftOf = Callable[[set[int]], set[int]]


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


def test_kill_9_leaves_nothing_and_the_next_run_starts(open_home: Path, left_of: LeftOf) -> None:
    for _ in range(2):
        launcher, below = start(open_home)
        launcher.kill()
        launcher.wait()
        assert left_of(below) == set()


def test_a_signal_stops_everything(open_home: Path, left_of: LeftOf) -> None:
    launcher, below = start(open_home)
    launcher.send_signal(signal.SIGTERM)
    launcher.wait(PATIENCE)
    assert left_of(below) == set()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become an ordinary user")
def test_an_ordinary_user_can_run_it_too(open_home: Path, left_of: LeftOf) -> None:
    if subprocess.run(["ls", str(Path(sys.executable).resolve())], user="nobody", check=False).returncode:
        pytest.skip("the interpreter of this environment is out of reach for ordinary users")
    nobody = pwd.getpwnam("nobody")
    os.chown(open_home, nobody.pw_uid, nobody.pw_gid)
    launcher, below = start(open_home, user="nobody")
    launcher.kill()
    launcher.wait()
    assert left_of(below) == set()
