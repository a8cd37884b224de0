import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import cast
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest

from chassis.testbed.waiting import until_true
from segmentation.application import fit_predictions as module
from segmentation.application.fit_on_demand import AT_ONCE, FitAnswer, fit_on_demand
from segmentation.application.fit_predictions import fit_predictions
from segmentation.application.keep_fitting import FIT_DUE, begin_fitting
from segmentation.application.ports import Transactions, UnitOfWork
from segmentation.application.prediction_ports import Forecast, LifetimeValues, Predictions
from segmentation.application.update_prediction_policy import update_prediction_policy
from segmentation.domain.errors import InvalidPolicy, StaleVersion
from segmentation.domain.events import PredictionsFitted
from segmentation.domain.predictions import (
    AsOf,
    BuyerCounts,
    BuyerHistories,
    FitStatus,
    Forecasts,
    IdRange,
    LifetimeValue,
    ModelParameters,
    PredictionModel,
    PredictionPolicy,
    Unsettled,
    next_night,
)
from segmentation.entrypoints.nightly_fits import NightlyFits
from segmentation.entrypoints.predictions_wire import model_to_wire

from ..samples import NOW
from .fakes import FakeUnitOfWork, Memory

SHANGHAI = ZoneInfo("Asia/Shanghai")
TENANT = UUID(int=0)
FOUND = ModelParameters(0.2, 4.0, 0.8, 2.4, -100.0, 6.0, 3.7, 1_500.0, -50.0, 7)


@dataclass
class Store:
    """Predictions of one tenant in memory, with `buyers` buyers who bought three times each."""

    buyers: int
    kept: list[UUID] = field(default_factory=list)
    models: list[PredictionModel] = field(default_factory=list)
    worked_out: list[AsOf] = field(default_factory=list)
    policies: list[PredictionPolicy] = field(default_factory=lambda: [PredictionPolicy()])

    @property
    def ids(self) -> list[UUID]:
        return sorted(uuid5(TENANT, str(number)) for number in range(self.buyers))

    async def policy(self) -> PredictionPolicy:
        return self.policies[-1]

    async def replaceable_policy(self) -> PredictionPolicy:
        return self.policies[-1]

    async def add_policy(self, policy: PredictionPolicy, now: datetime) -> None:
        self.policies.append(policy)

    async def count_buyers(self, as_of: AsOf) -> BuyerCounts:
        return BuyerCounts(self.buyers, self.buyers)

    async def histories(self, as_of: AsOf, ids: IdRange) -> BuyerHistories:
        found = [it for it in self.ids if ids.first <= it <= ids.last]
        each = (2, 100, 200, 900.0, 1, 50, 110, 1, 3, 2_700)
        return BuyerHistories(found, *([it] * len(found) for it in each))

    async def add(
        self, fit_id: UUID, histories: BuyerHistories, forecasts: Forecasts, policy: PredictionPolicy
    ) -> None:
        self.kept += histories.member_ids

    async def model(self) -> PredictionModel | None:
        return self.models[-1] if self.models else None

    async def put_in_force(self, model: PredictionModel) -> bool:
        newest = all(it.fit_id < model.fit_id for it in self.models)
        self.models.append(model)
        return newest

    async def work_out(self, as_of: AsOf) -> None:
        self.worked_out.append(as_of)


@dataclass
class Forecasting:
    """Expects half an order of everybody."""

    parameters: ModelParameters | Unsettled = FOUND
    learnt: list[UUID] = field(default_factory=list)
    backtest: bool | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Forecast]:
        yield self

    async def learn(self, histories: BuyerHistories) -> None:
        self.learnt += histories.member_ids

    async def fit(self, backtest: bool) -> ModelParameters | Unsettled:
        self.backtest = backtest
        return self.parameters

    async def predict(self, histories: BuyerHistories) -> Forecasts:
        size = len(histories.member_ids)
        return Forecasts([0.5] * size, [0.9] * size, [900.0] * size, 0.4 * size if self.backtest else None)


class Unit(FakeUnitOfWork):
    def __init__(self, memory: Memory, store: Store) -> None:
        super().__init__(memory)
        self.predictions = cast(Predictions, store)
        self.lifetime_values = cast(LifetimeValues, store)


def within(memory: Memory, store: Store) -> Transactions:
    @asynccontextmanager
    async def unit() -> AsyncIterator[UnitOfWork]:
        yield cast(UnitOfWork, Unit(memory, store))

    def transactions(_: UUID) -> AbstractAsyncContextManager[UnitOfWork]:
        return unit()

    return transactions


async def fit(store: Store, forecasting: Forecasting) -> tuple[PredictionModel, Memory]:
    memory = Memory()
    return await fit_predictions(within(memory, store), forecasting, TENANT, NOW), memory


async def test_every_buyer_is_predicted_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 100)
    monkeypatch.setattr(module, "SAMPLE", 250)
    store, forecasting = Store(buyers=730), Forecasting()
    model, memory = await fit(store, forecasting)
    assert (model.status, model.predicted, model.parameters) == (FitStatus.FITTED, 730, FOUND)
    assert forecasting.learnt == store.ids[: len(forecasting.learnt)], "the first chunks"
    assert len(forecasting.learnt) == pytest.approx(3 / 8 * 730, rel=0.15), "a sample in whole chunks"
    assert store.kept == store.ids
    assert model.backtest is not None
    assert model.backtest.predicted_orders == pytest.approx(0.4 * 730)
    assert model.backtest.actual_orders == 730
    assert memory.events == [PredictionsFitted(model)]
    assert store.worked_out == [AsOf(NOW, SHANGHAI)]
    assert memory.timers == {(FIT_DUE, "nightly"): next_night(NOW, SHANGHAI)}


async def test_too_little_data_is_refused_by_the_policy_and_said_in_figures() -> None:
    store, forecasting = Store(buyers=99), Forecasting()
    model, memory = await fit(store, forecasting)
    assert (model.status, model.parameters, forecasting.learnt) == (FitStatus.TOO_LITTLE_DATA, None, [])
    assert memory.events == [PredictionsFitted(model)]
    message = model_to_wire(model).message
    assert all(figure in message for figure in ("99", "100", "50", "数据不足"))

    store.policies.append(PredictionPolicy(1, minimum_buyers=99, minimum_repeat_buyers=99))
    assert (await fit(store, forecasting))[0].status is FitStatus.FITTED


@pytest.mark.parametrize(
    ("unsettled", "reason"), [(Unsettled.ORDERS, "购买次数"), (Unsettled.VALUE, "订单金额")]
)
async def test_what_does_not_converge_predicts_nothing_new(unsettled: Unsettled, reason: str) -> None:
    store = Store(buyers=200)
    model, _ = await fit(store, Forecasting(parameters=unsettled))
    assert (model.status, store.kept) == (FitStatus.NOT_CONVERGED, [])
    assert model_to_wire(model).message.startswith(f"{reason}模型未收敛，沿用上次预测")


async def test_a_fit_overtaken_by_a_later_one_tells_nothing() -> None:
    store = Store(buyers=200)
    later, _ = await fit(store, Forecasting())
    store.models[:] = [replace(later, fit_id=UUID(int=(1 << 128) - 1))]
    _, memory = await fit(store, Forecasting())
    assert memory.events == []
    assert memory.timers, "the next night is due all the same"


async def test_no_back_test_without_enough_history() -> None:
    class Young(Store):
        async def histories(self, as_of: AsOf, ids: IdRange) -> BuyerHistories:
            found = await super().histories(as_of, ids)
            unknown: Sequence[None] = [None] * len(found.member_ids)
            return replace(found, earlier_repeats=unknown)

    model, _ = await fit(Young(buyers=200), Forecasting())
    assert (model.status, model.backtest) == (FitStatus.FITTED, None)
    assert not model_to_wire(model).HasField("backtest_predicted_orders")


def test_ranges_hold_every_id_once() -> None:
    for parts in (1, 3, 20):
        ranges = IdRange.split(parts)
        assert (len(ranges), ranges[0].first.int, ranges[-1].last.int) == (parts, 0, 2**128 - 1)
        assert all(after.first.int == before.last.int + 1 for before, after in pairwise(ranges))


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (datetime(2026, 3, 1, 18, 59, tzinfo=UTC), datetime(2026, 3, 1, 19, tzinfo=UTC)),
        (datetime(2026, 3, 1, 19, tzinfo=UTC), datetime(2026, 3, 2, 19, tzinfo=UTC)),
        (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 1, 19, tzinfo=UTC)),
    ],
)
def test_the_night_is_local(now: datetime, night: datetime) -> None:
    assert next_night(now, SHANGHAI) == night


async def test_the_first_order_sets_the_timer_and_later_ones_leave_it() -> None:
    memory = Memory()
    unit = cast(UnitOfWork, FakeUnitOfWork(memory))
    await begin_fitting(unit, NOW)
    due = dict(memory.timers)
    assert due == {(FIT_DUE, "nightly"): next_night(NOW, SHANGHAI)}
    await begin_fitting(unit, NOW.replace(year=2027))
    assert memory.timers == due


async def test_nobody_waits_for_a_fit_to_very_many_buyers() -> None:
    memory, store = Memory(), Store(buyers=AT_ONCE)
    answer = await fit_on_demand(within(memory, store), Forecasting(), TENANT, NOW)
    assert answer == FitAnswer(store.models[0], under_way=False)

    store.buyers += 1
    answer = await fit_on_demand(within(memory, store), Forecasting(), TENANT, NOW)
    assert answer == FitAnswer(store.models[0], under_way=True), "what is in force meanwhile"
    assert (len(store.models), memory.timers) == (1, {(FIT_DUE, "nightly"): NOW})


async def test_asked_again_meanwhile_one_fit_does_for_all() -> None:
    memory, store = Memory(), Store(buyers=200)
    fits = NightlyFits(within(memory, store), Forecasting(), lambda: NOW)
    unit = cast(UnitOfWork, Unit(memory, store))
    for _ in range(3):
        await fits.fit_due(unit, [], NOW)
    running = asyncio.create_task(fits.run())
    await until_true(lambda: bool(store.models))
    await asyncio.sleep(0.3)  # for one more fit, if it was begun
    running.cancel()
    assert [it.fitted_at for it in store.models] == [NOW]
    assert memory.timers == {(FIT_DUE, "nightly"): next_night(NOW, SHANGHAI)}


async def test_the_policy_is_versioned() -> None:
    store = Store(buyers=0)
    unit = cast(UnitOfWork, Unit(Memory(), store))
    wanted = PredictionPolicy(churn_below_alive=0.3)
    assert (await update_prediction_policy(unit, wanted, 0, NOW)).version == 1
    assert (await update_prediction_policy(unit, wanted, 0, NOW)).version == 1
    with pytest.raises(StaleVersion):
        await update_prediction_policy(unit, replace(wanted, churn_below_alive=0.4), 0, NOW)
    with pytest.raises(InvalidPolicy) as refused:
        PredictionPolicy(minimum_buyers=10, minimum_repeat_buyers=11)
    assert refused.value.field == "policy.minimum_repeat_buyers"


def test_lifetime_values_are_means_and_a_sum() -> None:
    value = LifetimeValue(date(2026, 3, 2), None, None, 3, historic_minor=1_000, expected_minor=500)
    assert (value.mean_historic_minor, value.mean_expected_minor, value.total_minor) == (333, 167, 1_500)
    unknown = replace(value, expected_minor=None)
    assert (unknown.mean_expected_minor, unknown.total_minor) == (None, 1_000)
