"""A tenant's own model in PostgreSQL: leases, turns, isolation; trained for real from generated labels."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from chassis.paging import PageRequest
from risk.adapters.classifier.shipped import StoredClassifier
from risk.adapters.classifier.trainer import WorkerTrainer
from risk.adapters.classifiers import KEPT_MODELS, CachedClassifiers
from risk.adapters.screeners import CachedScreeners
from risk.application.activate_classifier import activate_classifier
from risk.application.freeze_labels import freeze_labels
from risk.application.ports import Transactions
from risk.application.retrain_classifier import retrain_classifier
from risk.application.revert_classifier import revert_classifier
from risk.application.screen_messages import screen_messages
from risk.application.screen_texts import screen_texts
from risk.application.train_classifier import LEASE, ClassifierTraining
from risk.application.try_classifier import try_classifier
from risk.domain.classifier_model import ClassifierModel, ModelState, TrainingFailure
from risk.domain.errors import (
    ClassifierModelNotFound,
    ClassifierTrainingUnderWay,
    TooFewLabels,
)
from risk.domain.verdict import ScreeningPurpose, Verdict

from ..labels import HARMLESS, RISKY, labels
from ..samples import DEFAULT_WORDS, NORMALISER, NOW, SPELLINGS, message

SHIPPED = StoredClassifier.shipped()
SCREENERS = CachedScreeners(NORMALISER, DEFAULT_WORDS, SPELLINGS, SHIPPED)
TEXT = RISKY.format(999)


async def wanted(transactions: Transactions, tenant_id: UUID) -> ClassifierModel:
    async with transactions(tenant_id) as uow:
        await uow.labels.put(labels(60))
    async with transactions(tenant_id) as uow:
        return await retrain_classifier(uow, None, "admin", NOW)


async def trained(transactions: Transactions, tenant_id: UUID) -> ClassifierModel:
    model = await wanted(transactions, tenant_id)
    await ClassifierTraining(transactions, SCREENERS, WorkerTrainer(), lambda: NOW).run(tenant_id, model.id)
    async with transactions(tenant_id) as uow:
        return await uow.classifier_models.get(model.id)


async def activated(transactions: Transactions, tenant_id: UUID) -> ClassifierModel:
    model = await trained(transactions, tenant_id)
    async with transactions(tenant_id) as uow:
        return await activate_classifier(uow, model.id, "admin", NOW)


async def judged(transactions: Transactions, tenant_id: UUID) -> tuple[str, Verdict]:
    """(version of the model, verdict) of a text like those that were learnt."""
    async with transactions(tenant_id) as uow:
        screened = await screen_texts(uow, SCREENERS, [TEXT], ScreeningPurpose.MESSAGE)
    return screened.model_version, screened.screenings[0].verdict


async def test_learns_what_only_this_tenant_calls_risky(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    other = new_id()
    model = await activated(sql_transactions, tenant_id)
    assert (model.state, model.attempt) == (ModelState.ACTIVE, 1)
    assert model.outcome
    assert model.outcome.in_force.version == SHIPPED.version
    assert model.outcome.in_force.accuracy < 0.6 < 0.92 <= model.outcome.measured.accuracy
    version, verdict = await judged(sql_transactions, tenant_id)
    assert version == model.version != SHIPPED.version
    assert verdict > Verdict.ALLOW
    assert await judged(sql_transactions, other) == (SHIPPED.version, Verdict.ALLOW)


async def test_decisions_keep_the_model_they_were_made_with(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    model = await activated(sql_transactions, tenant_id)
    said = [message(TEXT), message(TEXT)]
    async with sql_transactions(tenant_id) as uow:
        await screen_messages(uow, SCREENERS, [], said[:1], NOW)
    async with sql_transactions(tenant_id) as uow:
        await revert_classifier(uow, SCREENERS, NOW)
    async with sql_transactions(tenant_id) as uow:
        await screen_messages(uow, SCREENERS, [], said[1:], NOW)
        decisions = {it.activity_id: it for it in await uow.decisions.many([it.activity_id for it in said])}
    assert [decisions[it.activity_id].model_version for it in said] == [model.version, SHIPPED.version]


async def test_a_trial_says_what_would_change(sql_transactions: Transactions, tenant_id: UUID) -> None:
    model = await trained(sql_transactions, tenant_id)
    said = [message(pattern.format(number)) for number in range(500, 505) for pattern in (RISKY, HARMLESS)]
    async with sql_transactions(tenant_id) as uow:
        await screen_messages(uow, SCREENERS, [], said, NOW)
    async with sql_transactions(tenant_id) as uow:
        trial = await try_classifier(uow, SCREENERS, model.id, 30, NOW + timedelta(days=1))
    assert (trial.replay.messages, trial.is_complete) == (10, True)
    assert sum(trial.replay.changes.values()) == len(trial.replay.samples) == 5
    assert all(before is Verdict.ALLOW for before, _ in trial.replay.changes)
    assert all("水果" in sample.text for sample in trial.replay.samples)


async def test_another_tenant_neither_sees_nor_touches_a_model(
    sql_transactions: Transactions, tenant_id: UUID
) -> None:
    model = await activated(sql_transactions, tenant_id)
    async with sql_transactions(new_id()) as uow:
        models = uow.classifier_models
        assert (await models.page(PageRequest(10))).items == []
        assert await models.many([model.id]) == []
        assert await models.in_force() is None
        assert await models.claim(model.id, NOW + LEASE, NOW) is None
        assert await revert_classifier(uow, SCREENERS, NOW) is None
        for refused in (
            activate_classifier(uow, model.id, "thief", NOW),
            try_classifier(uow, SCREENERS, model.id, 7, NOW),
        ):
            with pytest.raises(ClassifierModelNotFound):
                await refused
    assert (await judged(sql_transactions, tenant_id))[0] == model.version


async def test_frozen_texts_are_not_learnt(sql_transactions: Transactions, tenant_id: UUID) -> None:
    async with sql_transactions(tenant_id) as uow:
        await uow.labels.put(labels(30))
        await uow.labels.put(labels(30, NOW + timedelta(days=1), first=30))
        await freeze_labels(uow, "exam", NOW, NOW + timedelta(days=1), "admin", NOW)
        newest = await freeze_labels(uow, "more", NOW, NOW + timedelta(minutes=1), "admin", NOW)
    model = await wanted_again(sql_transactions, tenant_id)
    assert model.set_id == newest.id
    await ClassifierTraining(sql_transactions, SCREENERS, WorkerTrainer(), lambda: NOW).run(
        tenant_id, model.id
    )
    async with sql_transactions(tenant_id) as uow:
        outcome = (await uow.classifier_models.get(model.id)).outcome
    assert outcome
    assert (outcome.risky, outcome.innocent) == (30, 30)
    assert outcome.measured.tally.texts == newest.labels == 60
    async with sql_transactions(tenant_id) as uow:
        await freeze_labels(uow, "all", NOW, NOW + timedelta(days=2), "admin", NOW)
    with pytest.raises(TooFewLabels, match=r"20 needed\. 120 more are kept to measure by"):
        await wanted_again(sql_transactions, tenant_id)


async def wanted_again(transactions: Transactions, tenant_id: UUID) -> ClassifierModel:
    """Of the labels there are."""
    async with transactions(tenant_id) as uow:
        return await retrain_classifier(uow, None, "admin", NOW)


async def test_of_those_who_ask_at_once_one_is_heard(sql_transactions: Transactions, tenant_id: UUID) -> None:
    async with sql_transactions(tenant_id) as uow:
        await uow.labels.put(labels(60))
    asked = [wanted_again(sql_transactions, tenant_id) for _ in range(6)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(it, ClassifierModel) for it in answers) == 1
    assert sum(isinstance(it, ClassifierTrainingUnderWay) for it in answers) == 5


async def test_of_those_who_claim_at_once_one_trains(sql_transactions: Transactions, tenant_id: UUID) -> None:
    model = await wanted(sql_transactions, tenant_id)

    async def claim() -> ClassifierModel | None:
        async with sql_transactions(tenant_id) as uow:
            return await uow.classifier_models.claim(model.id, NOW, NOW + LEASE)

    claims = [it for it in await asyncio.gather(*(claim() for _ in range(6))) if it is not None]
    assert [it.attempt for it in claims] == [1]
    async with sql_transactions(tenant_id) as uow:
        models = uow.classifier_models
        assert await models.renew(claims[0], NOW + 2 * LEASE)
        assert await models.claim(model.id, NOW + LEASE, NOW + 3 * LEASE) is None
        second = await models.claim(model.id, NOW + 2 * LEASE, NOW + 3 * LEASE)
        assert second
        assert not await models.renew(claims[0], NOW + 4 * LEASE)
        assert not await models.finish(claims[0].failed(TrainingFailure.GAVE_UP, NOW), None)
        assert await models.finish(second.failed(TrainingFailure.GAVE_UP, NOW), None)


async def test_models_activated_at_once_leave_one_in_force(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    models = [await trained(sql_transactions, tenant_id), await again(sql_transactions, tenant_id)]

    async def activate(model: ClassifierModel) -> None:
        async with sql_transactions(tenant_id) as uow:
            await activate_classifier(uow, model.id, "admin", NOW)

    await asyncio.gather(*(activate(model) for model in models * 5))
    async with database.session(tenant_id) as session:
        states = text("select state from classifier_models order by state")
        assert (await session.connection.execute(states)).scalars().all() == [3, 4]


async def again(transactions: Transactions, tenant_id: UUID) -> ClassifierModel:
    """Another model of the same labels."""
    model = await wanted_again(transactions, tenant_id)
    await ClassifierTraining(transactions, SCREENERS, WorkerTrainer(), lambda: NOW).run(tenant_id, model.id)
    return model


async def test_so_many_models_are_kept_in_memory_and_no_more(
    sql_transactions: Transactions, tenant_id: UUID, database: Database
) -> None:
    model = await trained(sql_transactions, tenant_id)
    async with database.session(tenant_id) as session:
        copy = text("""
            with copied as (
                insert into classifier_models
                select tenant_id, gen_random_uuid(), 4, requested_by, requested_at, set_id, attempt,
                    leased_until, risky, innocent, version, measured, in_force_version, in_force, failure,
                    finished_at, activated_at, activated_by
                from classifier_models, generate_series(1, :copies)
                returning id
            )
            insert into classifier_weights
            select tenant_id, id, weights from classifier_weights, copied returning model_id
        """)
        copies = (await session.connection.execute(copy, {"copies": KEPT_MODELS})).scalars().all()
    classifiers = CachedClassifiers(SHIPPED)
    async with sql_transactions(tenant_id) as uow:
        first = await classifiers.of(uow.classifier_models, model.id)
        assert await classifiers.of(uow.classifier_models, model.id) is first
        for one in copies:
            await classifiers.of(uow.classifier_models, one)
        assert await classifiers.of(uow.classifier_models, copies[-1]) is await classifiers.of(
            uow.classifier_models, copies[-1]
        )
        assert await classifiers.of(uow.classifier_models, model.id) is not first
