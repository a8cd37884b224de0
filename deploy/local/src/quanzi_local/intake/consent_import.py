"""Consents of a file to the graph, portion by portion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import httpx

from quanzi_local.gateway_client import GatewayRefused, graphql
from quanzi_local.intake.consents import COLUMNS, ConsentRow
from quanzi_local.intake.rejects import RejectsFile
from quanzi_local.intake.rows import Reject
from quanzi_local.intake.run import Counts
from quanzi_local.intake.upload import UploadRefused

AT_ONCE = 200  # of the longest rows they are less than the megabyte that the graph takes
_RECORD = """mutation ($consents: [ConsentInput!]!) {
  consentsRecord(input: {consents: $consents}) {
    accepted rejections { index code field message } userErrors { message }
  }
}"""


async def import_consents(
    client: httpx.AsyncClient,
    rows: Iterator[ConsentRow | Reject],
    rejects: RejectsFile,
    tell: Callable[[Counts], None],
) -> Counts:
    """Record all rows; broken and refused ones go to `rejects`. Raises UploadRefused."""
    counts = Counts()
    while portion := list(islice(rows, AT_ONCE)):
        consents = [row for row in portion if isinstance(row, ConsentRow)]
        refused = await _record(client, consents) if consents else []
        broken = [row for row in portion if isinstance(row, Reject)]
        for reject in sorted([*broken, *refused], key=lambda reject: reject.line):
            rejects.add(reject)
        counts.accepted += len(consents) - len(refused)
        counts.rejected = rejects.count
        tell(counts)
    return counts


async def _record(client: httpx.AsyncClient, rows: Sequence[ConsentRow]) -> list[Reject]:
    try:
        answer = await graphql(client, _RECORD, {"consents": [row.consent for row in rows]})
    except (GatewayRefused, httpx.HTTPError) as error:
        raise UploadRefused(f"{client.base_url}: {error}; a second import goes on") from error
    payload = answer["consentsRecord"]
    if errors := payload["userErrors"]:
        raise UploadRefused(errors[0]["message"])
    return [
        Reject(row.line, row.text, it["code"], COLUMNS.get(it["field"], it["field"]), it["message"])
        for it in payload["rejections"]
        for row in [rows[it["index"]]]
    ]
