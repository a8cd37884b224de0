"""Fits and predicts in a worker process that lives as long as one fit."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import orjson

from segmentation.domain.predictions import HORIZON_DAYS, BuyerHistories, Forecasts, ModelParameters

_WORKER = "segmentation.adapters.buyer_model.worker"
_LINE_LIMIT = 64 * 1024 * 1024
_COLUMNS = (
    "repeats",
    "recency_days",
    "age_days",
    "repeat_value_minor",
    "earlier_repeats",
    "earlier_recency_days",
    "earlier_age_days",
)


class WorkerDied(RuntimeError):
    """The worker process ended without an answer; what it says on stderr stands in the log."""


class WorkerForecaster:
    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Semaphore(1)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["WorkerForecast"]:
        """Waits for the fit of another tenant to end. The process is gone when the block is left."""
        async with self._one_at_a_time:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                _WORKER,
                stdin=PIPE,
                stdout=PIPE,
                limit=_LINE_LIMIT,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            )
            try:
                yield WorkerForecast(process)
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


class WorkerForecast:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._requests = cast(asyncio.StreamWriter, process.stdin)
        self._answers = cast(asyncio.StreamReader, process.stdout)

    async def learn(self, histories: BuyerHistories) -> None:
        await self._ask("learn", histories=_columns(histories))

    async def fit(self, backtest: bool) -> ModelParameters | None:
        found = await self._ask("fit", backtest=backtest)
        return ModelParameters(**found) if found else None

    async def predict(self, histories: BuyerHistories) -> Forecasts:
        return Forecasts(**await self._ask("predict", histories=_columns(histories), days=HORIZON_DAYS))

    async def _ask(self, method: str, **arguments: Any) -> Any:
        """Raises WorkerDied."""
        self._requests.write(orjson.dumps((method, arguments)) + b"\n")
        with suppress(ConnectionError):
            await self._requests.drain()
        line = await self._answers.readline()
        if not line:
            raise WorkerDied(f"The worker ended at {method!r} with {await self._process.wait()}")
        return orjson.loads(line)


def _columns(histories: BuyerHistories) -> dict[str, Any]:
    return {name: getattr(histories, name) for name in _COLUMNS}
