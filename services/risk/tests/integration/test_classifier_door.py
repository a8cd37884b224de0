"""Two replicas and one model: asked for, trained by one of them, in force in both; killed in the middle."""

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.waiting import eventually, until
from quanzi.risk.v1 import classifier_pb2 as pb
from quanzi.risk.v1 import screening_pb2, violations_pb2
from risk.application.ports import Transactions

from ..labels import RISKY, labels
from .conftest import StartDoor
from .door import FIRST, Door, as_caller, refusal

TEXT = RISKY.format(999)
WORKER = b"risk.adapters.classifier.worker"


@pytest.fixture(scope="module")
async def doors(open_door: StartDoor) -> list[Door]:
    return [open_door(), open_door()]


async def taught(transactions: Transactions, tenant_id: UUID, of_each: int = 60) -> None:
    async with transactions(tenant_id) as uow:
        await uow.labels.put(labels(of_each, datetime.now(UTC)))


async def asked_for(door: Door) -> pb.ClassifierModel:
    request = pb.RetrainClassifierRequest(idempotency_key=str(new_id()))
    return (await door.classifier.RetrainClassifier(request)).model


async def model_of(door: Door, model_id: str) -> pb.ClassifierModel:
    request = pb.BatchGetClassifierModelsRequest(ids=[model_id])
    [model] = (await door.classifier.BatchGetClassifierModels(request)).models
    return model


async def finished(door: Door, model_id: str) -> pb.ClassifierModel:
    return await until(
        lambda: model_of(door, model_id), lambda it: it.HasField("finished_at"), "the end of the training"
    )


async def judged(door: Door) -> tuple[str, bool]:
    """(version of the model, flagged) of a text like those that were learnt."""
    purpose = screening_pb2.SCREENING_PURPOSE_MESSAGE
    request = screening_pb2.ScreenTextsRequest(purpose=purpose, texts=[TEXT])
    [decision] = (await door.screening.ScreenTexts(request)).decisions
    return decision.model_version, decision.verdict > screening_pb2.VERDICT_ALLOW


async def test_trained_by_one_replica_and_in_force_in_both(
    doors: list[Door], tenant_id: UUID, sql_transactions: Transactions
) -> None:
    one, other = doors
    await taught(sql_transactions, tenant_id)
    with as_caller(tenant_id):
        shipped, flagged = await judged(one)
        assert not flagged
        request = pb.RetrainClassifierRequest(idempotency_key="once")
        model = (await one.classifier.RetrainClassifier(request)).model
        assert (await other.classifier.RetrainClassifier(request)).model == model
        assert model.state == pb.CLASSIFIER_STATE_TRAINING
        assert not model.HasField("measured")
        model = await finished(other, model.id)
        assert model.state == pb.CLASSIFIER_STATE_TRAINED
        assert (model.in_force.version, model.activated_by) == (shipped, "")
        assert model.in_force.accuracy < 0.92 <= model.measured.accuracy
        assert model.measured.HasField("false_positive_rate")
        assert await judged(one) == (shipped, False)

        trial = pb.TryClassifierRequest(model_id=model.id, days=30)
        assert (await one.classifier.TryClassifier(trial)).complete
        active = (
            await one.classifier.ActivateClassifier(pb.ActivateClassifierRequest(model_id=model.id))
        ).model
        assert (active.state, active.activated_by) == (pb.CLASSIFIER_STATE_ACTIVE, "moderator-1")
        assert active.measured == model.measured
        assert await judged(one) == await judged(other) == (model.measured.version, True)

        retired = (await other.classifier.RevertClassifier(pb.RevertClassifierRequest())).retired
        assert (retired.id, retired.state) == (model.id, pb.CLASSIFIER_STATE_RETIRED)
        assert not (await one.classifier.RevertClassifier(pb.RevertClassifierRequest())).HasField("retired")
        assert await judged(one) == (shipped, False)

        async def told() -> int:
            return (await one.published(tenant_id))["classifier.activated"]

        await eventually(told, 2)
        listed = await one.classifier.ListClassifierModels(pb.ListClassifierModelsRequest(page=FIRST))
        assert [it.id for it in listed.models] == [model.id]


async def test_what_is_refused(doors: list[Door], tenant_id: UUID, sql_transactions: Transactions) -> None:
    calls = doors[0].classifier
    with as_caller(tenant_id):
        assert await refusal(asked_for(doors[0])) == ("TOO_FEW_LABELS", "labels")
        await taught(sql_transactions, tenant_id)
        no_set = pb.RetrainClassifierRequest(idempotency_key="a", set_id=str(new_id()))
        assert await refusal(calls.RetrainClassifier(no_set)) == ("EVALUATION_SET_NOT_FOUND", "set_id")
        nothing = pb.ActivateClassifierRequest(model_id=str(new_id()))
        assert await refusal(calls.ActivateClassifier(nothing)) == ("CLASSIFIER_MODEL_NOT_FOUND", "model_id")
        model = await asked_for(doors[0])
        activation = pb.ActivateClassifierRequest(model_id=model.id)
        assert (await refusal(calls.ActivateClassifier(activation)))[0] in (
            "CLASSIFIER_MODEL_NOT_TRAINED",
            "CLASSIFIER_TOO_INACCURATE",
        )
        await finished(doors[0], model.id)
        policy = (await doors[0].violations.GetRiskPolicy(violations_pb2.GetRiskPolicyRequest())).policy
        assert policy.classifier_least_accuracy_per_mille == 920
    with as_caller(new_id()):
        assert await refusal(calls.ActivateClassifier(activation)) == (
            "CLASSIFIER_MODEL_NOT_FOUND",
            "model_id",
        )
        trial = pb.TryClassifierRequest(model_id=model.id, days=7)
        assert await refusal(calls.TryClassifier(trial)) == ("CLASSIFIER_MODEL_NOT_FOUND", "model_id")
        request = pb.BatchGetClassifierModelsRequest(ids=[model.id])
        assert not (await calls.BatchGetClassifierModels(request)).models
    with as_caller(tenant_id, "moderator"):
        assert (await refusal(calls.ActivateClassifier(activation)))[0] == "NOT_ALLOWED"


@pytest.mark.chaos
@pytest.mark.parametrize("victim", ["replica", "worker"])
async def test_killed_while_training_is_trained_by_whoever_is_left_once(
    doors: list[Door], tenant_id: UUID, sql_transactions: Transactions, database: Database, victim: str
) -> None:
    await taught(sql_transactions, tenant_id, 500)
    with as_caller(tenant_id):
        model = await asked_for(doors[0])
        found = await until(lambda: asyncio.to_thread(_training, doors), bool, "a worker")
        assert found
        door, worker = found
        if victim == "replica":
            await asyncio.to_thread(door.process.kill)
        else:
            os.kill(worker, signal.SIGKILL)
        [left] = [it for it in doors if it is not door]
        assert (await finished(left, model.id)).state == pb.CLASSIFIER_STATE_TRAINED
        if victim == "replica":
            await door.kill_and_restart()
        async with database.session(tenant_id) as session:
            kept = text("""
                select (select max(attempt) from classifier_models), (select count(*) from classifier_weights)
            """)
            assert (await session.connection.execute(kept)).one() == (2, 1)


def _training(doors: list[Door]) -> tuple[Door, int] | None:
    """The replica that trains, and the process that does it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if WORKER not in (process / "cmdline").read_bytes():
                continue
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        for door in doors:
            if str(door.process.log.with_suffix(".ready")).encode() in environment:
                return door, int(process.name)
    return None
