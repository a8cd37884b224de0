"""`python -m segmentation.load_history --tenant ID FILE…`: take in a brand's history, past the streams.

For onboarding: no event is published per activity, only new groups and who has which tier at the end. What is
known already changes nothing, so a file may be loaded again; a load that was stopped goes on where it was.
Needs QUANZI_DATABASE_URL, and QUANZI_ACTIVITY_RETENTION_MONTHS as the service has it.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from pydantic import Field
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chassis.clock import utc_now
from chassis.database import Database, transactions
from chassis.runtime import collect_seldom
from chassis.settings import ProcessSettings
from segmentation.adapters.unit_of_work import SqlUnitOfWork
from segmentation.application.load_history import load_history, settle_history
from segmentation.application.ports import Transactions
from segmentation.domain.activity import ActivityColumns
from segmentation.domain.retention import Retention
from segmentation.entrypoints.history_files import Row, count_rows, read_rows
from segmentation.entrypoints.history_rows import RowReader, RowRefused

ROWS_AT_ONCE = 50_000
_STATEMENT_SECONDS = 4 * 3600


class LoadSettings(ProcessSettings):
    service: str = "segmentation"
    database_url: str = Field(repr=False)
    activity_retention_months: int | None = Field(default=None, ge=1)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows of a file, up to the row `last`."""

    columns: ActivityColumns
    groups: set[str]
    refused: list[bytes]
    last: int


@dataclass(slots=True)
class Loading:
    """One file. Beside it: FILE.rejects.ndjson, refused rows with reasons; FILE.loaded, how far it got."""

    path: Path
    reader: Callable[[], RowReader]
    rows_at_once: int = ROWS_AT_ONCE
    new: int = 0
    known: int = 0
    refused: int = 0
    done: int = field(init=False)

    def __post_init__(self) -> None:
        stored = orjson.loads(self._marker.read_bytes()) if self._marker.exists() else {}
        self.done = stored["rows"] if stored.get("file") == self._identity else 0
        if not self.done:
            self.rejects.unlink(missing_ok=True)

    @property
    def rejects(self) -> Path:
        return self.path.with_name(f"{self.path.name}.rejects.ndjson")

    @property
    def _marker(self) -> Path:
        return self.path.with_name(f"{self.path.name}.loaded")

    @property
    def _identity(self) -> list[int]:
        about = self.path.stat()
        return [about.st_size, about.st_mtime_ns]

    def chunks(self) -> Iterator[Chunk]:
        rows = islice(enumerate(read_rows(self.path), start=1), self.done, None)
        while taken := list(islice(rows, self.rows_at_once)):
            yield self._chunk(taken)

    def _chunk(self, rows: list[tuple[int, Row]]) -> Chunk:
        reader = self.reader()
        refused = []
        for line, row in rows:
            try:
                if isinstance(row, RowRefused):
                    raise row
                reader.read(row)
            except RowRefused as refusal:
                about = {"line": line, "code": refusal.code, "field": refusal.field, "message": str(refusal)}
                shown = None if isinstance(row, RowRefused) else row
                refused.append(orjson.dumps({**about, "row": shown}, default=str))
        return Chunk(reader.columns, reader.groups, refused, rows[-1][0])

    def settle(self, chunk: Chunk, new: int) -> None:
        """After the commit: a crash before it repeats the chunk, which changes nothing."""
        if chunk.refused:
            with self.rejects.open("ab") as file:
                file.writelines(line + b"\n" for line in chunk.refused)
        self._marker.write_bytes(orjson.dumps({"file": self._identity, "rows": chunk.last}))
        self.done = chunk.last
        self.new += new
        self.known += len(chunk.columns.ids) - new
        self.refused += len(chunk.refused)


async def load_file(
    loading: Loading, within: Transactions, tenant_id: UUID, now: datetime, tell: Callable[[], None]
) -> None:
    """The next rows are read while the database works."""
    chunks = loading.chunks()
    reading = asyncio.create_task(asyncio.to_thread(next, chunks, None))
    while chunk := await reading:
        reading = asyncio.create_task(asyncio.to_thread(next, chunks, None))
        async with within(tenant_id) as uow:
            new = await load_history(uow, chunk.columns, chunk.groups, now)
        loading.settle(chunk, new)
        tell()


async def _load(files: list[Path], tenant_id: UUID, settings: LoadSettings, console: Console) -> None:
    database = Database.connect(
        settings.database_url, "segmentation", 1, "load history", statement_seconds=_STATEMENT_SECONDS
    )
    within = transactions(database, SqlUnitOfWork)
    now = utc_now()
    async with within(tenant_id) as uow:
        currency = (await uow.tenant()).currency
    oldest = Retention(settings.activity_retention_months).horizon(now)
    bar: tuple[Any, ...] = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*bar, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as progress:
        for path in files:
            loading = Loading(path, lambda: RowReader(tenant_id, currency, now, oldest))
            task = progress.add_task(path.name, total=count_rows(path), completed=loading.done)

            def tell(loading: Loading = loading, task: Any = task) -> None:
                progress.update(task, completed=loading.done)

            began = perf_counter()
            await load_file(loading, within, tenant_id, now, tell)
            counts = f"{loading.new:,} new, {loading.known:,} known, {loading.refused:,} refused"
            told = f"{path.name}: {counts} in {perf_counter() - began:.1f} s"
            console.print(f"{told} (see {loading.rejects})" if loading.refused else told, highlight=False)
        progress.add_task("stays and tiers", total=None)
        began = perf_counter()
        async with within(tenant_id) as uow:
            members = await settle_history(uow, utc_now())
        seconds = perf_counter() - began
        console.print(f"stays and tiers of {members:,} members settled in {seconds:.1f} s", highlight=False)
    await database.dispose()


def main(
    files: Annotated[list[Path], typer.Argument(help="NDJSON, CSV with a header line, or Parquet.")],
    tenant: Annotated[UUID, typer.Option(help="Id of the tenant.")],
) -> None:
    """Take in a brand's history: rows as docs/guides/activities.md describes them, orders flat or nested."""
    collect_seldom()
    asyncio.run(_load(files, tenant, LoadSettings(), Console(stderr=True)))


if __name__ == "__main__":
    typer.run(main)
