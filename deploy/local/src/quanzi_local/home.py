"""Where a local installation keeps its data, secrets and logs."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[4]


class NotUsable(Exception):
    """The command cannot do its work here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Home:
    """`.quanzi/` in the project, or the folder QUANZI_HOME."""

    root: Path

    @classmethod
    def find(cls) -> Home:
        return cls(Path(os.environ.get("QUANZI_HOME") or PROJECT / ".quanzi").absolute())

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def ready_files(self) -> Path:
        return self.root / "ready"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    def prepare(self) -> None:
        """Make the folders; the secret ones for our eyes only. Raises NotUsable."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.logs.mkdir(exist_ok=True)
            for private in (self.secrets, self.ready_files):
                private.mkdir(mode=0o700, exist_ok=True)
                private.chmod(0o700)
        except OSError as error:
            raise NotUsable(
                f"cannot write {self.root} ({error.strerror}): set QUANZI_HOME to a folder of yours"
            ) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Held while the platform runs; the kernel lets go of it when the launcher ends. Raises NotUsable."""
        with (self.root / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                where = self.running().get("gateway", "still starting")
                raise NotUsable(
                    f"the platform of {self.root} runs already ({where}): "
                    "stop it with Ctrl-C in its terminal, or give the second one its own "
                    "QUANZI_HOME and QUANZI_HTTP_PORT"
                ) from None
            try:
                yield
            finally:
                self._running_file.unlink(missing_ok=True)

    @property
    def _running_file(self) -> Path:
        return self.secrets / "running.json"

    def announce(self, addresses: Mapping[str, Any]) -> None:
        """Tell the other commands where the running platform is."""
        write_private(self._running_file, json.dumps(addresses, indent=2))

    def running(self) -> dict[str, Any]:
        """What `announce` was told; empty when nothing was."""
        try:
            addresses: dict[str, Any] = json.loads(self._running_file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return addresses

    def require_running(self) -> dict[str, Any]:
        """Raises NotUsable when the platform is not up."""
        if addresses := self.running():
            return addresses
        raise NotUsable(f"no platform runs in {self.root}: start it with `make up`")


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, replacing it in one step."""
    staging = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    staging.replace(path)
