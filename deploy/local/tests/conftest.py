import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from chassis.testbed.waiting import PATIENCE


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A home that the unprivileged user of the embedded servers can reach too."""
    folder = Path(tempfile.mkdtemp(prefix="quanzi-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def left_of() -> Callable[[set[int]], set[int]]:
    """Those of some processes that still run after PATIENCE."""

    def wait(pids: set[int]) -> set[int]:
        deadline = time.monotonic() + PATIENCE
        while (alive := {pid for pid in pids if _is_running(pid)}) and time.monotonic() < deadline:
            time.sleep(0.05)
        return alive

    return wait


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
