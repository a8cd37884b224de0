"""Figures of a run: printed as tables, and written to docs/benchmarks.md over those measured before."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_SECTION = "## "
LIBRARIES = ("grpcio", "strawberry-graphql", "nats-py", "asyncpg", "sqlalchemy")


@dataclass
class Figures:
    """One table of figures; `notes` say what was measured and how, and what stands out."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def row(self, *cells: object) -> None:
        self.rows.append(tuple(str(cell) for cell in cells))

    def note(self, text: str) -> None:
        self.notes.append(text)

    def show(self, console: Console) -> None:
        table = Table(title=self.title, title_justify="left")
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left")
        for cells in self.rows:
            table.add_row(*cells)
        console.print()
        console.print(table)
        for note in self.notes:
            console.print(f"  {note}", style="dim", markup=False, highlight=False)

    def markdown(self) -> str:
        head = [
            " | ".join(self.columns),
            " | ".join("--:" if number else "---" for number in range(len(self.columns))),
        ]
        lines = [f"| {line} |" for line in (*head, *(" | ".join(cells) for cells in self.rows))]
        notes = [*self.notes, f"{datetime.now(UTC):%Y-%m-%d}; {_load()}"]
        return "\n".join([f"{_SECTION}{self.title}", "", *lines, "", *(f"- {note}" for note in notes), ""])


class Report:
    """Collects the tables of a run; each is printed as soon as it is there."""

    def __init__(self) -> None:
        self._console = Console(width=120)
        self._tables: list[Figures] = []

    def add(self, figures: Figures) -> None:
        figures.show(self._console)
        self._tables.append(figures)

    def write(self, path: Path = DOCUMENT) -> None:
        """Tables of benchmarks that did not run stay as they are, with the day they were measured on."""
        if not self._tables:
            return
        sections = _sections(path.read_text(encoding="utf-8")) if path.exists() else {}
        sections |= {table.title: table.markdown() for table in self._tables}
        memory = psutil.virtual_memory().total / 2**30
        libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
        head = f"""# Benchmarks

Written by `make bench`; do not edit. All processes, both servers and the load generator share this one
machine, and every figure of ours stands beside a raw limit of the same machine, measured in the same run:
compare ratios, not machines.

- {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}
- Python {platform.python_version()}, {libraries}
- Where the CPU time goes inside the processes: `QUANZI_BENCH_PROFILE=FOLDER make bench`
- PostgreSQL 18, fsync and synchronous_commit on; NATS JetStream in files, its default sync interval

"""
        path.write_text(head + "\n".join(sections.values()), encoding="utf-8")
        self._console.print(f"\nwritten to {path}")


def _sections(document: str) -> dict[str, str]:
    """By title, in their order."""
    parts = document.split(f"\n{_SECTION}")[1:]
    return {part.partition("\n")[0]: f"{_SECTION}{part.rstrip()}\n" for part in parts}


def _load() -> str:
    """More than the number of cores means that the machine did other things too."""
    return f"load average of the last five minutes {os.getloadavg()[1]:.1f}"


def ratio(ours: float, raw: float) -> str:
    return f"{ours / raw:.2f}"


def against_target(reached: bool) -> str:
    return "reached" if reached else "MISSED"
