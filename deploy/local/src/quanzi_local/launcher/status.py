"""The one page shown when the platform is ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from quanzi_local.home import Home
from quanzi_local.launcher.memory import memory_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the page; pid None: a server of your own."""

    name: str
    pid: int | None
    address: str
    state: str = "ready"


def show(console: Console, rows: Sequence[Shown], url: str, home: Home, seconds: float) -> None:
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for title, side in (
        ("process", "left"),
        ("pid", "right"),
        ("address", "left"),
        ("memory", "right"),
        ("state", "left"),
    ):
        table.add_column(title, justify=side)  # type: ignore[arg-type]
    total = 0
    for row in rows:
        memory = memory_of(row.pid) if row.pid else 0
        total += memory
        state = f"[green]{row.state}[/]" if row.pid else "[cyan]given[/]"
        table.add_row(row.name, str(row.pid or ""), row.address, _megabytes(memory) if row.pid else "", state)
    table.add_row("", "", "", f"[bold]{_megabytes(total)}[/]", "")
    console.print()
    console.print(Panel(table, title=f"Quanzi 圈子 is ready after {seconds:.1f} s", expand=False))
    console.print(_next_steps(url, home))


def _next_steps(url: str, home: Home) -> str:
    return f"""
  GraphQL   [link]{url}/graphql[/link]  (GraphiQL in a browser; header Authorization: Bearer $(quanzi token))
  Bulk      POST {url}/v1/activities     Health {url}/readyz
  Logs      {home.logs}

  Try, in another terminal:
    .venv/bin/quanzi token --role operator
    .venv/bin/quanzi import orders FILE
    .venv/bin/quanzi import activities FILE --create-groups
    .venv/bin/quanzi events tail 'quanzi.*.segmentation.>'
    .venv/bin/quanzi doctor

  Ctrl-C stops everything; data stays in {home.root}
"""


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):.0f} MB"
