"""One process of the platform, killed and started again at the same address."""

from __future__ import annotations

import sys
from pathlib import Path

from chassis.embedded.children import Child, tail
from quanzi_local.launcher.supervisor import Part

READY_SECONDS = 60.0


class PartProcess:
    """Its output goes to `log`, through all its lives."""

    def __init__(self, part: Part, logs: Path) -> None:
        self.part = part
        self.log = logs / f"{part.name}.log"
        self._child: Child | None = None

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

    @property
    def log_tail(self) -> str:
        return tail(self.log)

    def launch(self) -> None:
        """Does not wait until it is ready; call `wait_ready`."""
        self.part.ready_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", self.part.module]
        self._child = Child(self.part.name, command, log=self.log, environment=self.part.environment)

    def wait_ready(self) -> None:
        """Raises ChildFailed."""
        assert self._child, f"{self.part.name} was not launched"
        self._child.wait_ready(self.part.ready_file.exists, READY_SECONDS)

    def kill(self) -> None:
        """SIGKILL."""
        if self._child:
            self._child.kill()

    def stop(self) -> int:
        """SIGTERM: it drains. Returns the exit code."""
        return self._child.stop() if self._child else 0
