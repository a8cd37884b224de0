"""A real PostgreSQL in a folder, on 127.0.0.1, for local runs and tests."""

import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from chassis.embedded.children import Child, ChildFailed, command_line
from chassis.embedded.places import Place, free_port, secret, unprivileged_account, write_private
from chassis.embedded.postgres_binaries import Binaries, find_binaries

SUPERUSER = "postgres"
_START_TIMEOUT = 30.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "wal_buffers": "16MB",  # a batch of thousands of rows fits in: it is written once, at its commit
    "work_mem": "8MB",
    # A page first touched after a checkpoint goes into the log whole: checkpoints are to be rare.
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d %a ",
}

_LEFT_BEHIND = "pre-existing shared memory block"


class PostgresServer:
    """`directory` keeps the data between runs. A server stopped and started again keeps its port."""

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        *,
        fsync: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._account = unprivileged_account()
        self._binaries: Binaries = find_binaries(for_other_user=self._account is not None)
        self._place = Place(directory, self._account)
        self._data = self._place.state / "data"
        self._fsync = fsync
        self._settings = settings or {}
        self._child: Child | None = None
        self.port = port or free_port()
        self.password = secret(self._place.root / "password")

    @property
    def url(self) -> str:
        """Administrator's address of the database `postgres`."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def running(self) -> bool:
        """False once it has ended, whoever ended it."""
        return self._child is not None and self._child.running

    def start(self) -> None:
        """Returns when connections are accepted. Raises `ChildFailed` with the end of the log."""
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._end_predecessor()
        deadline = time.monotonic() + _START_TIMEOUT
        while True:
            try:
                return self._launch()
            except ChildFailed as failure:
                # Sessions of a server that was killed end by themselves, a moment after it.
                if _LEFT_BEHIND not in failure.tail or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _launch(self) -> None:
        fsync = "on" if self._fsync else "off"
        settings = {**_SETTINGS, "port": str(self.port), "fsync": fsync, **self._settings}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._child = Child(
            "PostgreSQL",
            [self._binaries.path("postgres"), "-D", self._data, *options],
            log=self._place.log,
            account=self._account,
            death_signal=signal.SIGINT,
        )
        self._child.wait_ready(self._accepts, _START_TIMEOUT)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, the data is checkpointed."""
        if self._child:
            self._child.stop(signal.SIGINT)
            self._child = None

    def kill(self) -> None:
        """SIGKILL, as a crash would; the next start recovers."""
        if self._child:
            self._child.kill()
            self._child = None

    def close(self) -> None:
        """Stops, and lets another launcher use the folder."""
        self.stop()
        self._place.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _initialise(self) -> None:
        """Makes the cluster beside its place and moves it there, so that a half-made one is never started."""
        staging = self._place.state / "initialising"
        password_file = self._place.state / "initial-password"
        shutil.rmtree(staging, ignore_errors=True)
        write_private(password_file, self.password, self._account)
        command = [
            self._binaries.path("initdb"),
            *("-D", str(staging), "--username", SUPERUSER, "--pwfile", str(password_file)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--lc-messages", "C"),
            *self._locale(),
            *(() if self._fsync else ("--no-sync",)),
        ]
        initdb = Child("initdb", command, log=self._place.log, account=self._account)
        if initdb.process.wait() != 0:
            raise ChildFailed("initdb", f"ended with code {initdb.process.returncode}", self._place.log)
        password_file.unlink()
        staging.rename(self._data)

    def _locale(self) -> tuple[str, ...]:
        """Byte order, and character classes of all of Unicode: without them pg_trgm sees no Chinese word."""
        if self._binaries.major >= 17:
            return (
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *("--lc-collate", "C", "--lc-ctype", "C.UTF-8"),
            )
        return ("--lc-collate", "C", "--lc-ctype", "C.UTF-8")

    def _lock_lines(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _accepts(self) -> bool:
        lines = self._lock_lines()
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _end_predecessor(self) -> None:
        """We hold the folder, so a server still in it lost its launcher: it is ending, or is made to.

        A lock file whose number now belongs to another program (numbers are reused) is removed: PostgreSQL
        itself would refuse to start.
        """
        lines = self._lock_lines()
        if not lines:
            return
        deadline = time.monotonic() + 10
        while self._is_ours(lines[0]):
            if time.monotonic() > deadline:
                raise ChildFailed("PostgreSQL", f"runs already as process {lines[0]}", self._place.log)
            time.sleep(0.05)
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _is_ours(self, pid: str) -> bool:
        return str(self._data) in command_line(pid)


def start(
    directory: Path,
    port: int | None = None,
    *,
    fsync: bool = True,
    settings: Mapping[str, str] | None = None,
) -> PostgresServer:
    """Starts the server of `directory`, made at first use, as a child that dies with this process.

    `fsync=False` is for tests: data then survives the death of the server, not of the machine. `settings` go
    before those of a small machine.
    """
    server = PostgresServer(directory, port, fsync=fsync, settings=settings)
    try:
        server.start()
    except BaseException:
        server.close()
        raise
    return server
