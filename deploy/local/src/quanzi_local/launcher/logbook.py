"""The logs of all processes: one stream for people, one bounded file per process."""

from __future__ import annotations

import json
import sys
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import IO, Any

MAX_BYTES = 10 << 20
KEPT_LINES = 30
COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)
LEVEL_COLOURS = {"debug": 90, "warning": 33, "error": 31, "critical": 31}
UNSHOWN = ("event", "level", "timestamp", "service", "logger", "exception")


class BoundedFile:
    """A log file of at most MAX_BYTES, and the one before it as `.1`."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._file: IO[str] = path.open("a", encoding="utf-8")

    def write(self, line: str) -> None:
        if self._file.tell() > self._max_bytes:
            self._file.close()
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            self._file = self._path.open("a", encoding="utf-8")
        self._file.write(line + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class LogBook:
    """Takes lines of processes as they come; the JSON of chassis.logs is made readable."""

    def __init__(self, folder: Path, *, quiet: bool = False, out: IO[str] = sys.stdout) -> None:
        self._folder = folder
        self._quiet = quiet
        self._out = out
        self._coloured = out.isatty()
        self._files: dict[str, BoundedFile] = {}
        self._last: dict[str, deque[str]] = {}

    def write(self, name: str, line: str) -> None:
        moment, level, message = readable(line)
        if name not in self._files:
            self._files[name] = BoundedFile(self._folder / f"{name}.log")
            self._last[name] = deque(maxlen=KEPT_LINES)
        self._files[name].write(f"{moment:%Y-%m-%d %H:%M:%S} {level:<8} {message}")
        self._last[name].extend(message.splitlines())
        if not self._quiet:
            self._show(name, moment, level, message)

    def last(self, name: str) -> list[str]:
        """The latest lines of a process, for telling why it ended."""
        return list(self._last.get(name, ()))

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _show(self, name: str, moment: datetime, level: str, message: str) -> None:
        if not self._coloured:
            print(f"{moment:%H:%M:%S} {name:<12} {level:<8} {message}", file=self._out, flush=True)
            return
        colour = COLOURS[list(self._files).index(name) % len(COLOURS)]
        text = f"\x1b[{LEVEL_COLOURS[level]}m{message}\x1b[0m" if level in LEVEL_COLOURS else message
        print(
            f"\x1b[90m{moment:%H:%M:%S}\x1b[0m \x1b[{colour}m{name:<12}\x1b[0m {text}",
            file=self._out,
            flush=True,
        )


def readable(line: str) -> tuple[datetime, str, str]:
    """Local time, level, message with its facts as key=value and its traceback below."""
    fields = _fields(line)
    if fields is None:
        return datetime.now().astimezone(), "info", line
    facts = "".join(f" {key}={_plain(value)}" for key, value in fields.items() if key not in UNSHOWN)
    trace = f"\n{fields['exception']}" if fields.get("exception") else ""
    return _moment(fields), str(fields.get("level", "info")), f"{fields['event']}{facts}{trace}"


def _fields(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if "event" in fields else None


def _moment(fields: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(fields["timestamp"]).astimezone()
    except (KeyError, ValueError):
        return datetime.now().astimezone()


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
