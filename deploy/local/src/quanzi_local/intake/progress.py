"""What the terminal shows during an import."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from quanzi_local.intake.run import Counts


class Meter:
    """A bar over the bytes of the file, beside it rows, rate and rejects. Silent where nobody watches."""

    def __init__(self, file: Path, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn(
                "{task.fields[rows]:,} rows  {task.fields[rate]:,.0f}/s  {task.fields[rejected]:,} rejected"
            ),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        size = file.stat().st_size if file.exists() else None
        self._task = self._progress.add_task(file.name, total=size, rows=0, rate=0.0, rejected=0)
        self._started = time.monotonic()
        self._position = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def read(self, position: int) -> None:
        """So many bytes of the file are read."""
        self._position = position

    def tell(self, counts: Counts) -> None:
        rate = counts.rows / max(time.monotonic() - self._started, 1e-9)
        self._progress.update(
            self._task, completed=self._position, rows=counts.rows, rate=rate, rejected=counts.rejected
        )

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started
