"""The lines of a file, plain or gzip, one at a time."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from quanzi_local.intake.rows import Reject, UnreadableFile

MAX_LINE_BYTES = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"


class Readable(Protocol):
    def readline(self, size: int, /) -> bytes: ...


def read_lines(path: Path, advance: Callable[[int], None]) -> Iterator[tuple[int, str] | Reject]:
    """Numbered lines without their ends; `advance` is told the position in the file in bytes.

    A line that is no UTF-8 or longer than MAX_LINE_BYTES is a Reject, as is the end of a damaged gzip file.
    Raises UnreadableFile if the file cannot be opened.
    """
    with ExitStack() as opened:
        try:
            file = opened.enter_context(path.open("rb"))
            packed = file.read(2) == GZIP_MAGIC
            file.seek(0)
        except OSError as error:
            raise UnreadableFile(f"cannot read {path}: {error.strerror}") from error
        source: Readable = opened.enter_context(gzip.open(file)) if packed else file
        number = 0
        while True:
            try:
                line = source.readline(MAX_LINE_BYTES)
            except (OSError, EOFError, zlib.error) as error:
                yield Reject(number + 1, "", "DAMAGED_FILE", None, f"reading stopped here: {error}")
                return
            if not line:
                return
            number += 1
            yield _decoded(number, line) if _complete(line, source) else _too_long(number)
            advance(file.tell())


def _complete(line: bytes, source: Readable) -> bool:
    """Whether the line fitted; the rest of one that did not is skipped."""
    fitted = len(line) < MAX_LINE_BYTES or line.endswith(b"\n")
    while len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
        line = source.readline(MAX_LINE_BYTES)
    return fitted


def _decoded(number: int, line: bytes) -> tuple[int, str] | Reject:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        shown = line.decode("utf-8", "replace").rstrip("\r\n")
        return Reject(number, shown, "INVALID_ENCODING", None, "not UTF-8: save the file as UTF-8")
    return number, text.rstrip("\r\n")


def _too_long(number: int) -> Reject:
    return Reject(number, "", "LINE_TOO_LONG", None, f"longer than {MAX_LINE_BYTES} bytes")
