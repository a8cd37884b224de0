"""Fits and predicts in a worker process that lives as long as one fit."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from subprocess import PIPE, Popen
from typing import IO, Any, cast

import orjson

from segmentation.domain.predictions import (
    HORIZON_DAYS,
    BuyerHistories,
    Forecasts,
    ModelParameters,
    Unsettled,
)

_WORKER = "segmentation.adapters.buyer_model.worker"
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
            command = [sys.executable, "-m", _WORKER]
            environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
            worker = Popen(command, stdin=PIPE, stdout=PIPE, env=environment)  # noqa: ASYNC220, S603 returns at once
            try:
                yield WorkerForecast(worker)
            finally:
                worker.kill()
                worker.wait()
                for pipe in (worker.stdin, worker.stdout):
                    with suppress(BrokenPipeError):
                        cast(IO[bytes], pipe).close()


class WorkerForecast:
    def __init__(self, worker: Popen[bytes]) -> None:
        self._worker = worker

    async def learn(self, histories: BuyerHistories) -> None:
        await self._ask("learn", histories=_columns(histories))

    async def fit(self, backtest: bool) -> ModelParameters | Unsettled:
        found = await self._ask("fit", backtest=backtest)
        return Unsettled(found) if isinstance(found, str) else ModelParameters(**found)

    async def predict(self, histories: BuyerHistories) -> Forecasts:
        return Forecasts(**await self._ask("predict", histories=_columns(histories), days=HORIZON_DAYS))

    async def _ask(self, method: str, **arguments: Any) -> Any:
        """A thread waits for the answer; it ends with the worker. Raises WorkerDied."""
        return await asyncio.to_thread(self._converse, method, arguments)

    def _converse(self, method: str, arguments: dict[str, Any]) -> Any:
        requests, answers = cast(IO[bytes], self._worker.stdin), cast(IO[bytes], self._worker.stdout)
        with suppress(BrokenPipeError):
            requests.write(orjson.dumps((method, arguments)) + b"\n")
            requests.flush()
        line = answers.readline()
        if not line:
            raise WorkerDied(f"The worker ended at {method!r}")
        return orjson.loads(line)


def _columns(histories: BuyerHistories) -> dict[str, Any]:
    return {name: getattr(histories, name) for name in _COLUMNS}
