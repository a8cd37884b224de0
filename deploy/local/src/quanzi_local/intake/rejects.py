"""The file of refused rows: one JSON object a line, with the line number, the reason and the row itself."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from quanzi_local.intake.rows import Reject


class RejectsFile:
    """Made at the first refused row, so that no file means no refusals. `jq -r .row` gives the rows back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[str] | None = None

    @classmethod
    def beside(cls, source: Path) -> Self:
        """`<source>.rejects.ndjson`, or in the current directory where the source's cannot be written."""
        name = f"{source.name}.rejects.ndjson"
        try:
            path = source.parent / name
            with path.open("a"):
                pass
        except OSError:
            path = Path(name)
        return cls(path)

    def __enter__(self) -> Self:
        with suppress(FileNotFoundError):
            self.path.unlink()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, reject: Reject) -> None:
        self._file = self._file or self.path.open("w", encoding="utf-8")
        row = {
            "line": reject.line,
            "code": reject.code,
            "field": reject.field,
            "message": reject.message,
            "row": reject.text,
        }
        self._file.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.count += 1
