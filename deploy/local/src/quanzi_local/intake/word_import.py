"""Words of a file to the graph, portion by portion."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import httpx

from quanzi_local.gateway_client import graphql
from quanzi_local.intake.rejects import RejectsFile
from quanzi_local.intake.rows import Reject
from quanzi_local.intake.run import Counts
from quanzi_local.intake.words import WordRow

MAX_WORDS = 3_000
MAX_BYTES = 900_000  # the graph takes requests of up to 1,000,000
_PUT = """mutation ($words: [LexiconWordInput!]!) {
  lexiconPutWords(input: {words: $words}) { changed userErrors { code field message } }
}"""


@dataclass(slots=True)
class WordCounts(Counts):
    """The accepted ones are there now; `changed` of them were not, or were otherwise."""

    changed: int = 0


@dataclass(slots=True)
class _Outcome:
    changed: int = 0
    refused: list[Reject] = field(default_factory=list)


async def import_words(
    client: httpx.AsyncClient,
    rows: Iterator[WordRow | Reject],
    rejects: RejectsFile,
    tell: Callable[[Counts], None],
) -> WordCounts:
    """Put all words, in order; broken and refused rows go to `rejects`. Raises what `graphql` does."""
    counts = WordCounts()
    for portion in portions(rows):
        words = [row for row in portion if isinstance(row, WordRow)]
        outcome = await _put(client, words)
        broken = [row for row in portion if isinstance(row, Reject)]
        for reject in sorted([*broken, *outcome.refused], key=lambda reject: reject.line):
            rejects.add(reject)
        counts.accepted += len(words) - len(outcome.refused)
        counts.changed += outcome.changed
        counts.rejected = rejects.count
        tell(counts)
    return counts


def portions(rows: Iterator[WordRow | Reject]) -> Iterator[Sequence[WordRow | Reject]]:
    """Bounded in rows and bytes."""
    while True:
        portion: list[WordRow | Reject] = []
        size = 0
        for row in islice(rows, MAX_WORDS):
            portion.append(row)
            if isinstance(row, WordRow):
                size += len(json.dumps(row.word, ensure_ascii=False).encode())
            if size >= MAX_BYTES:
                break
        if not portion:
            return
        yield portion


async def _put(client: httpx.AsyncClient, rows: Sequence[WordRow]) -> _Outcome:
    """A portion that is refused is halved, until the row to blame is alone."""
    if not rows:
        return _Outcome()
    answer = (await graphql(client, _PUT, {"words": [row.word for row in rows]}))["lexiconPutWords"]
    if not answer["userErrors"]:
        return _Outcome(answer["changed"])
    if len(rows) == 1:
        error, row = answer["userErrors"][0], rows[0]
        return _Outcome(refused=[Reject(row.line, row.text, error["code"], error["field"], error["message"])])
    middle = len(rows) // 2
    first, second = await _put(client, rows[:middle]), await _put(client, rows[middle:])
    return _Outcome(first.changed + second.changed, [*first.refused, *second.refused])
