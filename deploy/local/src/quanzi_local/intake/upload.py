"""Rows to the gateway's bulk door, `POST /v1/activities`: NDJSON up, NDJSON answers down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

import httpx

from quanzi_local.intake.rows import Reject, Row

MAX_ROWS = 5_000
MAX_BYTES = 4 << 20
ATTEMPTS = 6
FIRST_PAUSE = 0.5
TRANSIENT = {429, 502, 503, 504}


class UploadRefused(Exception):
    """The gateway does not take the upload at all; the message says why."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one request, and the broken ones met between them; `body` is their NDJSON."""

    rows: Sequence[Row]
    broken: Sequence[Reject]
    body: bytes


@dataclass(slots=True)
class Answer:
    """What became of a chunk. The services drop accepted rows that they know already."""

    accepted: int = 0
    refused: list[Reject] = field(default_factory=list)


def chunks(rows: Iterator[Row | Reject]) -> Iterator[Chunk]:
    """Bounded in rows and bytes."""
    while True:
        good: list[Row] = []
        broken: list[Reject] = []
        body = bytearray()
        for row in islice(rows, MAX_ROWS):
            if isinstance(row, Reject):
                broken.append(row)
                continue
            good.append(row)
            body += json.dumps(row.activity, ensure_ascii=False, default=_json_number).encode() + b"\n"
            if len(body) >= MAX_BYTES:
                break
        if not good and not broken:
            return
        yield Chunk(good, broken, bytes(body))


def _json_number(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} in a row")


async def ahead(source: Iterator[Chunk]) -> AsyncIterator[Chunk]:
    """The chunks, the next one read in a thread while the caller sends the last."""
    upcoming = asyncio.create_task(asyncio.to_thread(next, source, None))
    try:
        while (chunk := await upcoming) is not None:
            upcoming = asyncio.create_task(asyncio.to_thread(next, source, None))
            yield chunk
    finally:
        upcoming.cancel()


async def send(client: httpx.AsyncClient, chunk: Chunk) -> Answer:
    """Post a chunk until it is answered in full; safe to repeat, as source ids make rows unique.

    Raises UploadRefused when the gateway refuses the request, or cannot be reached after ATTEMPTS.
    """
    if not chunk.rows:
        return Answer()
    for attempt in range(ATTEMPTS):
        try:
            async with client.stream(
                "POST", "/v1/activities", content=chunk.body, headers={"content-type": "application/x-ndjson"}
            ) as response:
                if response.status_code == httpx.codes.OK:
                    return await _read(response, chunk.rows)
                await response.aread()
                reason = f"{response.status_code} {response.text[:500]}"
                if response.status_code not in TRANSIENT:
                    raise UploadRefused(f"the gateway refused the upload: {reason}")
                pause = float(response.headers.get("retry-after", FIRST_PAUSE * 2**attempt))
        except httpx.TransportError as error:
            reason, pause = f"{type(error).__name__} {error}", FIRST_PAUSE * 2**attempt
        if attempt < ATTEMPTS - 1:
            await asyncio.sleep(pause)
    raise UploadRefused(
        f"no answer from {client.base_url} after {ATTEMPTS} attempts ({reason}); is `quanzi up` running?"
    )


async def _read(response: httpx.Response, rows: Sequence[Row]) -> Answer:
    answer = Answer()
    async for line in response.aiter_lines():
        if not line.strip():
            continue
        said: dict[str, Any] = json.loads(line)
        if "accepted" in said:
            answer.accepted = said["accepted"]
            return answer
        row = rows[said["line"] - 1]
        answer.refused.append(Reject(row.line, row.text, said["code"], said.get("field"), said["message"]))
    raise httpx.RemoteProtocolError("the answer ended before its summary")
