"""Train and measure a tenant's model: once, whoever works on it and however often it is begun."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.faults import is_transient
from risk.application.classifier_ports import TRAINING_DUE, ClassifierTrainer
from risk.application.judge_texts import Judge, current_judge, judge_texts
from risk.application.ports import Screeners, Transactions
from risk.application.retrain_classifier import read_lesson
from risk.domain.accuracy import Tally
from risk.domain.classifier_model import ClassifierModel, Figures, ModelState, Outcome, TrainingFailure
from risk.domain.errors import TooFewLabels
from risk.domain.lesson import Lesson
from risk.domain.verdict import ScreeningPurpose, Verdict

LEASE = timedelta(seconds=15)
MOST_ATTEMPTS = 5
_RENEWED_AFTER = LEASE / 3


@dataclass(frozen=True, slots=True)
class ClassifierTraining:
    transactions: Transactions
    screeners: Screeners
    trainer: ClassifierTrainer
    clock: Clock

    async def run(self, tenant_id: UUID, model_id: UUID) -> None:
        """Nothing if another replica works on it, or it is finished. A fault that may pass is raised."""
        model = await self._claim(tenant_id, model_id)
        if model is None:
            return
        weights = None
        try:
            weights, outcome = await self._learn(tenant_id, model)
            finished = model.trained(outcome, self.clock())
        except _Superseded:
            return
        except TooFewLabels:
            finished = model.failed(TrainingFailure.TOO_FEW_LABELS, self.clock())
        except Exception as error:
            if is_transient(error) or model.attempt < MOST_ATTEMPTS:
                raise
            finished = model.failed(TrainingFailure.GAVE_UP, self.clock())
        await self._finish(tenant_id, finished, weights)

    async def _claim(self, tenant_id: UUID, model_id: UUID) -> ClassifierModel | None:
        now = self.clock()
        async with self.transactions(tenant_id) as uow:
            model = await uow.classifier_models.claim(model_id, now, now + LEASE)
            if model is None and all(
                it.state is not ModelState.TRAINING for it in await uow.classifier_models.many([model_id])
            ):
                await uow.timers.cancel(TRAINING_DUE, str(model_id))
            return model

    async def _learn(self, tenant_id: UUID, model: ClassifierModel) -> tuple[bytes, Outcome]:
        """Raises TooFewLabels."""
        async with self.transactions(tenant_id) as uow:
            lesson = await read_lesson(uow, model)
            policy = await uow.policies.current()
            judge = await current_judge(uow, self.screeners, policy, ScreeningPurpose.MESSAGE)
        weights = await self._train(tenant_id, model, lesson)
        classifier = await self.screeners.classifiers.read(weights)
        risky = sum(it.is_risky for it in lesson.learnt)
        return weights, Outcome(
            risky=risky,
            innocent=len(lesson.learnt) - risky,
            measured=await _figures(replace(judge, classifier=classifier), lesson),
            in_force=await _figures(judge, lesson),
        )

    async def _train(self, tenant_id: UUID, model: ClassifierModel, lesson: Lesson) -> bytes:
        """Holding the lease for as long as it takes."""
        training = asyncio.ensure_future(self.trainer.train(lesson.learnt))
        try:
            while not (await asyncio.wait([training], timeout=_RENEWED_AFTER.total_seconds()))[0]:
                async with self.transactions(tenant_id) as uow:
                    if not await uow.classifier_models.renew(model, self.clock() + LEASE):
                        raise _Superseded
            return training.result()
        finally:
            training.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await training

    async def _finish(self, tenant_id: UUID, model: ClassifierModel, weights: bytes | None) -> None:
        async with self.transactions(tenant_id) as uow:
            if await uow.classifier_models.finish(model, weights):
                await uow.timers.cancel(TRAINING_DUE, str(model.id))


class _Superseded(Exception):
    """The lease ran out, and somebody else has begun anew."""


async def _figures(judge: Judge, lesson: Lesson) -> Figures:
    screened = await judge_texts(judge, [it.text for it in lesson.held_back])
    judged = zip(lesson.held_back, screened, strict=True)
    return Figures(
        judge.model_version,
        Tally.of((it.is_risky, screening.verdict > Verdict.ALLOW) for it, screening in judged),
    )
