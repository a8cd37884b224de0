"""An import from its first row to its counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import httpx

from quanzi_local.intake.rejects import RejectsFile
from quanzi_local.intake.rows import Reject, Row
from quanzi_local.intake.upload import Chunk, ahead, chunks, send

PrepareGroups = Callable[[Sequence[str]], Awaitable[None]]


@dataclass(slots=True)
class Counts:
    """Rows; the accepted ones include those of an earlier import, which change nothing."""

    accepted: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        return self.accepted + self.rejected


async def run_import(
    client: httpx.AsyncClient,
    rows: Iterator[Row | Reject],
    rejects: RejectsFile,
    tell: Callable[[Counts], None],
    prepare_groups: PrepareGroups | None = None,
) -> Counts:
    """Send all rows, in order; broken and refused ones go to `rejects`. Raises UploadRefused.

    `prepare_groups` is told the references of groups before the first row of each is sent.
    """
    counts = Counts()
    known: set[str] = set()
    async for chunk in ahead(chunks(rows)):
        if prepare_groups and (fresh := _groups(chunk) - known):
            await prepare_groups(sorted(fresh))
            known |= fresh
        answer = await send(client, chunk)
        for reject in sorted([*chunk.broken, *answer.refused], key=lambda reject: reject.line):
            rejects.add(reject)
        counts.accepted += answer.accepted
        counts.rejected = rejects.count
        tell(counts)
    return counts


def _groups(chunk: Chunk) -> set[str]:
    return {group for row in chunk.rows if isinstance(group := row.activity.get("group"), str) and group}
