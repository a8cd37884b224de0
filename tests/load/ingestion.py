"""Activities through the bulk door until every consumer has caught up."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
import orjson
import psutil
from nats.aio.client import Client

from chassis.messaging import INBOUND

from .running import Platform
from .usage import cpu_seconds, machine_cpu_seconds

CATCH_UP_SECONDS = 240.0
_CONNECTIONS = 2


@dataclass(frozen=True, slots=True)
class Ingestion:
    """Seconds from the first request until all rows were accepted, and until all consumers were done."""

    accepted: int
    rejected: int
    accepting: float
    caught_up: float
    cpu: Counter[str]
    machine_cpu: float
    first_sequence: int
    last_sequence: int

    @property
    def per_second(self) -> float:
        return self.accepted / self.caught_up

    @property
    def cpu_total(self) -> float:
        return self.cpu.total()

    @property
    def foreign_cores(self) -> float:
        """How many cores other programs of this machine kept busy meanwhile."""
        return max(0.0, self.machine_cpu - self.cpu_total) / self.caught_up


async def ingest(platform: Platform, connection: Client, bodies: Sequence[bytes]) -> Ingestion:
    """Raises TimeoutError when the consumers do not catch up."""
    js = connection.jetstream()
    processes = {**platform.processes(), "load generator": psutil.Process()}
    before = (await js.stream_info(INBOUND)).state.last_seq
    used, machine_used = cpu_seconds(processes), machine_cpu_seconds()
    began = time.perf_counter()
    counts: Counter[str] = Counter()
    async with platform.client() as client:
        waiting = iter(bodies)
        await asyncio.gather(*(_send(client, waiting, counts) for _ in range(_CONNECTIONS)))
    accepting = time.perf_counter() - began
    async with asyncio.timeout(CATCH_UP_SECONDS):
        while await _behind(connection):  # noqa: ASYNC110 what is awaited happens in other processes
            await asyncio.sleep(0.05)
    caught_up = time.perf_counter() - began
    cpu, machine_cpu = cpu_seconds(processes), machine_cpu_seconds() - machine_used
    cpu.subtract(used)
    after = (await js.stream_info(INBOUND)).state.last_seq
    return Ingestion(
        counts["accepted"], counts["rejected"], accepting, caught_up, cpu, machine_cpu, before + 1, after
    )


async def _send(client: httpx.AsyncClient, waiting: Iterator[bytes], counts: Counter[str]) -> None:
    headers = {"content-type": "application/x-ndjson"}
    for body in waiting:
        response = await client.post("/v1/activities", content=body, headers=headers)
        assert response.status_code == 200, response.text
        counts.update(orjson.loads(response.content.splitlines()[-1]))


async def _behind(connection: Client) -> int:
    """Messages of INBOUND that some consumer has not acknowledged."""
    consumers = await connection.jetstream().consumers_info(INBOUND)
    assert len(consumers) >= 4, "segmentation, risk, support and campaigns consume INBOUND"
    return sum((each.num_pending or 0) + (each.num_ack_pending or 0) for each in consumers)
