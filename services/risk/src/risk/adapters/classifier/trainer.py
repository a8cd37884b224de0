"""Learns in a worker process, one tenant at a time."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from contextlib import suppress

from risk.domain.classification import Labelled, require_enough

_WORKER = "risk.adapters.classifier.worker"


class TrainingFailed(RuntimeError):
    """The worker process ended without a model; what it says on stderr stands in the log."""


class WorkerTrainer:
    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Semaphore(1)

    async def train(self, labelled: Sequence[Labelled]) -> bytes:
        """The shipped model, moved to where these labels are right. Raises TooFewLabels, TrainingFailed.

        Waits for the training of another tenant to end; the worker is gone when this returns or is cancelled.
        """
        require_enough(labelled)
        rows = json.dumps([(each.text, each.is_risky) for each in labelled]).encode()
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        async with self._one_at_a_time:
            worker = await asyncio.create_subprocess_exec(
                sys.executable, "-m", _WORKER, stdin=PIPE, stdout=PIPE, env=environment
            )
            try:
                model, _ = await worker.communicate(rows)
            finally:
                with suppress(ProcessLookupError):
                    worker.kill()
                await worker.wait()
        if worker.returncode or not model:
            raise TrainingFailed(f"The worker ended with {worker.returncode}")
        return model
