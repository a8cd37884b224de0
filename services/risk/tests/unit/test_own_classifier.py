"""A tenant's own model: asked for, trained, tried, put in force and taken back, in memory."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.testbed.waiting import until
from risk.adapters.classifier.trainer import TrainingFailed
from risk.adapters.screeners import CachedScreeners
from risk.application import train_classifier
from risk.application.activate_classifier import activate_classifier
from risk.application.classifier_ports import TRAINING_DUE
from risk.application.freeze_labels import freeze_labels
from risk.application.retrain_classifier import retrain_classifier
from risk.application.revert_classifier import revert_classifier
from risk.application.screen_messages import screen_messages
from risk.application.screen_texts import screen_texts
from risk.application.train_classifier import LEASE, MOST_ATTEMPTS, ClassifierTraining
from risk.application.try_classifier import try_classifier
from risk.domain.accuracy import Tally
from risk.domain.classification import Labelled
from risk.domain.classifier_model import ClassifierModel, ModelState, TrainingFailure
from risk.domain.errors import (
    ClassifierModelNotFound,
    ClassifierModelNotTrained,
    ClassifierTooInaccurate,
    ClassifierTrainingUnderWay,
    EvaluationSetNotFound,
    TooFewLabels,
)
from risk.domain.events import ClassifierActivated
from risk.domain.label import Label
from risk.domain.verdict import RiskCategory, ScreeningPurpose, Verdict

from ..labels import RISKY, label, labels
from ..samples import DEFAULT_WORDS, NORMALISER, NOW, SPELLINGS, message
from .classifier_fakes import FakeClassifiers, FakeTrainer, WordClassifier
from .fakes import FakeTransactions, Rows

TENANT = new_id()
SCREENERS = CachedScreeners(NORMALISER, DEFAULT_WORDS, SPELLINGS)
SCREENERS.classifiers = FakeClassifiers(WordClassifier("公园"))
LEARNT, WRONG = "拼单", "公园"


@pytest.fixture
def transactions() -> FakeTransactions:
    return FakeTransactions()


def training(transactions: FakeTransactions, *faults: Exception, now: datetime = NOW) -> ClassifierTraining:
    return ClassifierTraining(transactions, SCREENERS, FakeTrainer(*faults), lambda: now)


async def taught(transactions: FakeTransactions, made: Sequence[Label]) -> None:
    async with transactions(TENANT) as uow:
        await uow.labels.put(made)


async def wanted(transactions: FakeTransactions, set_id: UUID | None = None) -> ClassifierModel:
    async with transactions(TENANT) as uow:
        return await retrain_classifier(uow, set_id, "admin", NOW)


async def stored(transactions: FakeTransactions, model: ClassifierModel) -> ClassifierModel:
    async with transactions(TENANT) as uow:
        return await uow.classifier_models.get(model.id)


async def rows(transactions: FakeTransactions) -> Rows:
    async with transactions(TENANT) as uow:
        return uow.rows


async def trained(transactions: FakeTransactions) -> ClassifierModel:
    """Of fifty labels of each sort, measured by the held-back fifth."""
    await taught(transactions, labels(50))
    model = await wanted(transactions)
    await training(transactions).run(TENANT, model.id)
    return await stored(transactions, model)


async def test_a_model_is_trained_and_measured_beside_the_one_in_force(
    transactions: FakeTransactions,
) -> None:
    model = await trained(transactions)
    assert (model.state, model.attempt, model.finished_at) == (ModelState.TRAINED, 1, NOW)
    assert model.outcome
    measured, in_force = model.outcome.measured, model.outcome.in_force
    assert (measured.version, in_force.version) == (LEARNT, WRONG)
    assert (measured.accuracy, in_force.accuracy) == (1.0, 0.0)
    assert measured.tally.texts == in_force.tally.texts == 100 - model.outcome.risky - model.outcome.innocent
    assert (TRAINING_DUE, str(model.id)) not in (await rows(transactions)).timers


async def test_labels_of_the_newest_frozen_set_are_never_learnt_from(transactions: FakeTransactions) -> None:
    await taught(transactions, labels(10))
    async with transactions(TENANT) as uow:
        frozen = await freeze_labels(uow, "exam", NOW, NOW + timedelta(days=1), "admin", NOW)
    await taught(transactions, labels(20, first=10))
    model = await wanted(transactions)
    learning = training(transactions)
    await learning.run(TENANT, model.id)
    assert model.set_id == frozen.id
    assert isinstance(learning.trainer, FakeTrainer)
    [lesson] = learning.trainer.lessons
    assert len(lesson) == 40
    assert not {it.text for it in lesson} & {it.text for it in labels(10)}
    outcome = (await stored(transactions, model)).outcome
    assert outcome
    assert outcome.measured.tally == Tally(10, 0, 0, 10)


async def test_too_few_labels_and_unknown_sets_are_refused_at_once(transactions: FakeTransactions) -> None:
    await taught(transactions, labels(19))
    with pytest.raises(TooFewLabels, match="20 needed"):
        await wanted(transactions)
    with pytest.raises(EvaluationSetNotFound):
        await wanted(transactions, new_id())
    assert not (await rows(transactions)).of_classifier.models


async def test_labels_withdrawn_meanwhile_fail_the_training(transactions: FakeTransactions) -> None:
    await taught(transactions, made := labels(50))
    model = await wanted(transactions)
    async with transactions(TENANT) as uow:
        for one in made[:90]:
            await uow.labels.withdraw(one.case_id)
    await training(transactions).run(TENANT, model.id)
    assert (await stored(transactions, model)).failure is TrainingFailure.TOO_FEW_LABELS


async def test_one_at_a_time(transactions: FakeTransactions) -> None:
    await taught(transactions, labels(50))
    await wanted(transactions)
    with pytest.raises(ClassifierTrainingUnderWay):
        await wanted(transactions)


async def test_a_fault_is_tried_again_when_the_lease_is_over_and_given_up_at_last(
    transactions: FakeTransactions,
) -> None:
    await taught(transactions, labels(50))
    model = await wanted(transactions)
    for attempt in range(1, MOST_ATTEMPTS):
        with pytest.raises(TrainingFailed):
            await training(transactions, TrainingFailed("killed"), now=NOW + LEASE * (attempt - 1)).run(
                TENANT, model.id
            )
        held = training(transactions, now=NOW + LEASE * (attempt - 0.5))
        await held.run(TENANT, model.id)
        assert (await stored(transactions, model)).attempt == attempt
    await training(transactions, TrainingFailed("killed"), now=NOW + LEASE * MOST_ATTEMPTS).run(
        TENANT, model.id
    )
    given_up = await stored(transactions, model)
    assert (given_up.state, given_up.failure) == (ModelState.FAILED, TrainingFailure.GAVE_UP)
    await wanted(transactions)


async def test_who_was_superseded_keeps_nothing(transactions: FakeTransactions) -> None:
    await taught(transactions, labels(50))
    model = await wanted(transactions)

    class Slow(FakeTrainer):
        async def train(self, labelled: Sequence[Labelled]) -> bytes:
            async with transactions(TENANT) as uow:
                assert await uow.classifier_models.claim(model.id, NOW + LEASE, NOW + 2 * LEASE)
            return await super().train(labelled)

    await ClassifierTraining(transactions, SCREENERS, Slow(), lambda: NOW).run(TENANT, model.id)
    kept = await stored(transactions, model)
    assert (kept.state, kept.attempt, kept.outcome) == (ModelState.TRAINING, 2, None)


async def test_activated_decides_and_is_announced_until_reverted(transactions: FakeTransactions) -> None:
    model = await trained(transactions)
    for _ in range(2):
        async with transactions(TENANT) as uow:
            active = await activate_classifier(uow, model.id, "admin", NOW)
            assert (active.state, active.activated_by) == (ModelState.ACTIVE, "admin")
            screened = await screen_texts(uow, SCREENERS, [RISKY.format(7)], ScreeningPurpose.MESSAGE)
    assert (screened.model_version, screened.screenings[0].verdict) == (LEARNT, Verdict.BLOCK)
    for _ in range(2):
        async with transactions(TENANT) as uow:
            retired = await revert_classifier(uow, SCREENERS, NOW)
            screened = await screen_texts(uow, SCREENERS, [RISKY.format(7)], ScreeningPurpose.MESSAGE)
    assert retired is None
    assert (screened.model_version, screened.screenings[0].verdict) == (WRONG, Verdict.ALLOW)
    assert (await stored(transactions, model)).state is ModelState.RETIRED
    assert (await rows(transactions)).of(ClassifierActivated) == [
        ClassifierActivated(LEARNT, model.id, NOW),
        ClassifierActivated(WRONG, None, NOW),
    ]


async def test_one_model_takes_the_place_of_another(transactions: FakeTransactions) -> None:
    first = await trained(transactions)
    async with transactions(TENANT) as uow:
        await activate_classifier(uow, first.id, "admin", NOW)
    second = await trained(transactions)
    assert second.outcome
    assert second.outcome.in_force.version == first.version
    async with transactions(TENANT) as uow:
        await activate_classifier(uow, second.id, "admin", NOW)
        assert await uow.classifier_models.in_force() == second.id
    assert (await stored(transactions, first)).state is ModelState.RETIRED


async def test_a_model_below_the_policy_s_bar_is_refused(transactions: FakeTransactions) -> None:
    mistaken = [label(f"红薯粉条{number}", RiskCategory.ADVERT) for number in range(50)]
    await taught(transactions, [*labels(50), *mistaken, *(label(f"红薯粉汤{n}", None) for n in range(50))])
    model = await wanted(transactions)
    await training(transactions).run(TENANT, model.id)
    with pytest.raises(ClassifierTooInaccurate, match=r"% accurate, the policy demands 92.0%"):
        async with transactions(TENANT) as uow:
            await activate_classifier(uow, model.id, "admin", NOW)
    assert (await stored(transactions, model)).state is ModelState.TRAINED


async def test_what_is_unknown_or_not_trained_is_neither_tried_nor_activated(
    transactions: FakeTransactions,
) -> None:
    await taught(transactions, labels(50))
    model = await wanted(transactions)
    async with transactions(TENANT) as uow:
        for refusal, model_id in ((ClassifierModelNotFound, new_id()), (ClassifierModelNotTrained, model.id)):
            with pytest.raises(refusal):
                await activate_classifier(uow, model_id, "admin", NOW)
            with pytest.raises(refusal):
                await try_classifier(uow, SCREENERS, model_id, 7, NOW)


async def test_a_trial_counts_changes_in_both_directions(transactions: FakeTransactions) -> None:
    model = await trained(transactions)
    said = [message(text) for text in ("拼单吗", "拼单吗", "去公园", "你好")]
    async with transactions(TENANT) as uow:
        await screen_messages(uow, SCREENERS, [], said, NOW - timedelta(hours=1))
        trial = await try_classifier(uow, SCREENERS, model.id, 7, NOW)
        back = await try_classifier(uow, SCREENERS, None, 7, NOW)
    assert trial.is_complete
    assert trial.replay.messages == 4
    assert trial.replay.changes == {(Verdict.ALLOW, Verdict.BLOCK): 2, (Verdict.BLOCK, Verdict.ALLOW): 1}
    assert {(it.text, it.after) for it in trial.replay.samples} == {
        ("拼单吗", Verdict.BLOCK),
        ("去公园", Verdict.ALLOW),
    }
    assert (back.replay.messages, dict(back.replay.changes)) == (4, {})


async def test_the_lease_is_held_while_it_learns_and_who_lost_it_stops(
    transactions: FakeTransactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_classifier, "_RENEWED_AFTER", timedelta(milliseconds=1))
    await taught(transactions, labels(50))
    model = await wanted(transactions)
    times = iter(NOW + timedelta(seconds=second) for second in range(10_000))
    ended = asyncio.Event()

    async def leased_until() -> datetime:
        return (await rows(transactions)).of_classifier.leases[model.id]

    class Lasting(FakeTrainer):
        async def train(self, labelled: Sequence[Labelled]) -> bytes:
            """Until somebody else has begun anew, once the lease has been renewed."""
            try:
                await until(leased_until, lambda it: it >= NOW + 2 * LEASE, "a renewal")
                async with transactions(TENANT) as uow:
                    assert await uow.classifier_models.claim(model.id, NOW + LEASE, NOW) is None
                    assert await uow.classifier_models.claim(model.id, NOW + timedelta(days=1), NOW)
                return await asyncio.Future()
            finally:
                ended.set()

    await ClassifierTraining(transactions, SCREENERS, Lasting(), lambda: next(times)).run(TENANT, model.id)
    assert ended.is_set()
    assert (await stored(transactions, model)).state is ModelState.TRAINING


async def test_a_cancelled_training_leaves_no_trainer_behind(transactions: FakeTransactions) -> None:
    await taught(transactions, labels(50))
    model = await wanted(transactions)
    begun, ended = asyncio.Event(), asyncio.Event()

    class Endless(FakeTrainer):
        async def train(self, labelled: Sequence[Labelled]) -> bytes:
            begun.set()
            try:
                return await asyncio.Future()
            finally:
                ended.set()

    running = asyncio.create_task(
        ClassifierTraining(transactions, SCREENERS, Endless(), lambda: NOW).run(TENANT, model.id)
    )
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()
