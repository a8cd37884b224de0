"""Foreground child processes that never outlive their parent, not even when it is killed with SIGKILL."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

_EXEC_CHILD = str(Path(__file__).with_name("exec_child.py"))
_KERNEL_KILLS = sys.platform == "linux"
_TAIL_BYTES = 4_000


class ChildFailed(Exception):
    """A child did not start, or ended by itself. The message carries the end of its log."""

    def __init__(self, name: str, reason: str, log: Path | None) -> None:
        self.tail = tail(log) if log else ""
        super().__init__(f"{name} {reason}" + (f"; last lines of {log}:\n{self.tail}" if log else ""))


@dataclass(frozen=True, slots=True)
class Account:
    """The user a child runs as."""

    uid: int
    gid: int


class Child:
    """One running child. `log` receives its output; without it the output goes to `stdout` (default: ours).

    The kernel ties a child to the *thread* that started it: start children from the main thread.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None = None,
        stdout: int | None = None,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        death_signal: signal.Signals = signal.SIGTERM,
        watchdog: bool = not _KERNEL_KILLS,
    ) -> None:
        self.name = name
        self.log = log
        self._lifeline: int | None = None
        watched = -1
        if watchdog:
            watched, self._lifeline = os.pipe()
        user = account or Account(-1, -1)
        wrapper = [sys.executable, "-I", "-S", _EXEC_CHILD]
        arguments = [os.getpid(), int(death_signal), user.uid, user.gid, watched, *command]
        output: IO[bytes] | int | None = log.open("ab") if log else stdout
        try:
            self.process = subprocess.Popen(  # noqa: S603
                [*wrapper, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output is not None else None,
                env=environment,
                cwd="/" if account else None,
                pass_fds=(watched,) if watchdog else (),
                start_new_session=True,  # Ctrl-C reaches us, and we decide the order in which children stop
            )
        finally:
            if watchdog:
                os.close(watched)
            if log and not isinstance(output, int) and output is not None:
                output.close()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def wait_ready(self, ready: Callable[[], bool], timeout: float) -> None:
        """Polls `ready`; raises `ChildFailed` when the child ends or `timeout` seconds pass."""
        deadline = time.monotonic() + timeout
        while not ready():
            if not self.running:
                raise ChildFailed(self.name, f"ended with code {self.process.returncode}", self.log)
            if time.monotonic() > deadline:
                self.kill()
                raise ChildFailed(self.name, f"was not ready after {timeout:.0f} s", self.log)
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM, timeout: float = 15) -> int:
        """Asks it to end, then kills it after `timeout` seconds. Returns its exit code."""
        if self.running:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self._reap()

    def kill(self) -> int:
        self.process.kill()
        return self._reap()

    def _reap(self) -> int:
        code = self.process.wait()
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def tail(log: Path) -> str:
    """The last lines of a log, at most 4 kB."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        return file.read().decode(errors="replace").strip()


def command_line(pid: str) -> str:
    """The command line of a running process, empty when there is none."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / pid / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    command = ["/bin/ps", "-o", "command=", "-p", pid]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return answer.stdout
