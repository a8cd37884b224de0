"""Predictions from orders to lists, fitted by the worker process itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.paging import PageRequest
from chassis.testbed.waiting import eventually
from chassis.timer_loop import TimerLoop
from segmentation.adapters.buyer_model.bg_nbd import fit_bg_nbd
from segmentation.adapters.buyer_model.gamma_gamma import fit_gamma_gamma
from segmentation.adapters.forecaster import WorkerForecast, WorkerForecaster
from segmentation.application import fit_predictions as module
from segmentation.application.fit_predictions import fit_predictions
from segmentation.application.keep_fitting import FIT_DUE
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.application.update_prediction_policy import update_prediction_policy
from segmentation.domain.activity import ActivityKind as Kind
from segmentation.domain.predictions import (
    AsOf,
    BuyerHistories,
    ChurnRisk,
    FitStatus,
    IdRange,
    LifetimeScope,
    ModelParameters,
    PredictionModel,
    PredictionPolicy,
    Unsettled,
    next_night,
)
from segmentation.entrypoints.nightly_fits import NightlyFits

from ..purchases import SHANGHAI, histories_of, shoppers
from ..samples import NOW, Act, Brand, days

ACTS = shoppers(400)
AS_OF = AsOf(NOW, SHANGHAI)
SPLIT_DAY = [
    Act(Kind.ORDER_PAID, "night", days(40) + timedelta(hours=20, minutes=1), order="n1", amount_minor=100),
    Act(Kind.ORDER_PAID, "night", days(40) + timedelta(hours=19, minutes=59), order="n2", amount_minor=300),
    Act(Kind.ORDER_PAID, "night", days(40) + timedelta(hours=19), order="n3", amount_minor=500),
    Act(Kind.ORDER_PAID, "night", -days(1), order="n4", amount_minor=900),
]


async def record(within: Transactions, brand: Brand, acts: Sequence[Act], now: datetime = NOW) -> None:
    async with within(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), now)


@pytest.fixture
async def shop(in_transaction: Transactions, brand: Brand) -> Brand:
    await record(in_transaction, brand, ACTS)
    return brand


async def fit(within: Transactions, brand: Brand, now: datetime = NOW) -> PredictionModel:
    return await fit_predictions(within, WorkerForecaster(), brand.tenant_id, now)


async def scalar(database: Database, brand: Brand, statement: str) -> int:
    async with database.session(brand.tenant_id) as session:
        return int((await session.connection.execute(text(statement))).scalar_one())


async def read(within: Transactions, brand: Brand, chunks: int) -> BuyerHistories:
    columns: dict[str, list[object]] = {column.name: [] for column in fields(BuyerHistories)}
    for ids in IdRange.split(chunks):
        async with within(brand.tenant_id) as uow:
            found = await uow.predictions.histories(AS_OF, ids)
        for name, column in columns.items():
            column += getattr(found, name)
    return BuyerHistories(**columns)  # type: ignore[arg-type]


async def risks(
    within: Transactions, brand: Brand, group: str | None = None, size: int = 7
) -> list[ChurnRisk]:
    found: list[ChurnRisk] = []
    request = PageRequest(size, count_total=True)
    while True:
        async with within(brand.tenant_id) as uow:
            page = await uow.predictions.churn_risks(request, brand.group(group) if group else None)
        found += page.items
        if not page.has_next_page:
            assert page.total_count == len(found)
            return found
        request = PageRequest(size, page.keys[-1], count_total=True)


async def test_histories_equal_a_slow_computation(in_transaction: Transactions, shop: Brand) -> None:
    """Refunds, two orders on one local day across midnight, an order of tomorrow; in chunks."""
    acts = [*ACTS, *SPLIT_DAY]
    await record(in_transaction, shop, SPLIT_DAY)
    expected, found = histories_of(shop, acts), await read(in_transaction, shop, chunks=13)
    for column in fields(BuyerHistories):
        assert list(getattr(found, column.name)) == pytest.approx(getattr(expected, column.name)), column.name
    async with in_transaction(shop.tenant_id) as uow:
        counts = await uow.predictions.count_buyers(AS_OF)
    assert counts.buyers == len(expected.member_ids)
    assert counts.repeat_buyers == sum(repeats > 0 for repeats in expected.repeats)


async def test_the_order_of_arrival_does_not_matter(
    in_transaction: Transactions, shop: Brand, new_brand: Callable[[], Awaitable[Brand]]
) -> None:
    """Late orders, refunds before their payment."""
    late = await new_brand()
    half = len(ACTS) // 2
    await record(in_transaction, late, ACTS[half:][::-1])
    await fit(in_transaction, late)
    await record(in_transaction, late, ACTS[:half][::-1])
    in_order, out_of_order = await fit(in_transaction, shop), await fit(in_transaction, late)
    assert in_order.parameters is not None
    assert out_of_order.parameters is not None
    assert out_of_order.counts == in_order.counts
    found = (getattr(out_of_order.parameters, it.name) for it in fields(ModelParameters))
    expected = (getattr(in_order.parameters, it.name) for it in fields(ModelParameters))
    assert list(found) == pytest.approx(list(expected), rel=1e-3)


async def test_predictions_are_those_of_the_models(
    in_transaction: Transactions, database: Database, shop: Brand, new_brand: Callable[[], Awaitable[Brand]]
) -> None:
    model = await fit(in_transaction, shop)
    bought = histories_of(shop, ACTS)
    x, t_x, age, value = (
        np.array(column, dtype=float)
        for column in (bought.repeats, bought.recency_days, bought.age_days, bought.repeat_value_minor)
    )
    orders, worth = fit_bg_nbd(x, t_x / 7, age / 7), fit_gamma_gamma(x, value)
    assert orders is not None
    assert worth is not None
    assert model.status is FitStatus.FITTED
    assert model.parameters is not None
    assert model.parameters.log_likelihood == pytest.approx(orders.log_likelihood)
    assert (model.parameters.r, model.parameters.gamma_minor) == pytest.approx(
        (orders.r, worth.gamma), rel=1e-3
    )
    assert model.backtest is not None
    assert model.backtest.actual_orders == sum(bought.later_purchases)
    assert model.backtest.predicted_orders == pytest.approx(model.backtest.actual_orders, rel=0.5)

    async with in_transaction(shop.tenant_id) as uow:
        assert await uow.predictions.model() == model
        found = await uow.predictions.by_members(bought.member_ids)
    assert [it.member_id for it in found] == bought.member_ids
    assert all(it.as_of == NOW for it in found)
    expected = orders.expected_purchases(90 / 7, x, t_x / 7, age / 7)
    each = worth.expected_value(x, value)
    np.testing.assert_allclose([it.orders for it in found], expected, rtol=1e-3)
    np.testing.assert_allclose(
        [it.alive for it in found], orders.probability_alive(x, t_x / 7, age / 7), rtol=1e-3
    )
    np.testing.assert_allclose([it.order_value_minor or 0 for it in found], each, rtol=1e-3)
    np.testing.assert_allclose([it.value_minor or 0 for it in found], expected * each, rtol=2e-3, atol=1)

    assert (
        await scalar(database, shop, "select count(*) from outbox where type like '%predictions.fitted%'")
        == 1
    )
    stranger = await new_brand()
    async with in_transaction(stranger.tenant_id) as uow:
        assert await uow.predictions.model() is None
        assert await uow.predictions.by_members(bought.member_ids) == []
    assert await risks(in_transaction, stranger) == []


async def test_who_is_likely_lost_is_listed_the_most_valuable_first(
    in_transaction: Transactions, shop: Brand
) -> None:
    policy = PredictionPolicy(churn_below_alive=0.6, churn_minimum_orders=2)
    async with in_transaction(shop.tenant_id) as uow:
        await update_prediction_policy(uow, policy, 0, NOW)
    await fit(in_transaction, shop)
    bought = histories_of(shop, ACTS)
    async with in_transaction(shop.tenant_id) as uow:
        predictions = await uow.predictions.by_members(bought.member_ids)
    lost = [
        (-net, prediction.member_id)
        for prediction, orders, net in zip(
            predictions, bought.paid_orders, bought.net_spend_minor, strict=True
        )
        if prediction.alive < 0.6 and orders >= 2
    ]
    found = await risks(in_transaction, shop)
    assert len(found) > 20
    assert [(-it.net_spend_minor, it.prediction.member_id) for it in found] == sorted(lost)

    first = found[0].prediction.member_id
    [name] = {act.member for act in ACTS if shop.member(act.member) == first}
    group = f"g{int(name[1:]) % 3}"
    assert await risks(in_transaction, shop, group) == [], "orders make nobody present"
    await record(in_transaction, shop, [Act(Kind.JOINED, name, days(1), group)])
    assert await risks(in_transaction, shop, group) == [found[0]]
    again = Act(Kind.ORDER_PAID, name, -days(1), order="back", amount_minor=1)
    await record(in_transaction, shop, [again], NOW + days(1))
    assert await risks(in_transaction, shop) == found[1:], "who bought since is not lost"


async def test_lifetime_values_are_kept_by_date(in_transaction: Transactions, shop: Brand) -> None:
    acts = [Act(Kind.JOINED, f"m{number:04}", days(5), f"g{number % 3}") for number in range(30)]
    acts.append(Act(Kind.MESSAGE, "silent", days(1), "g0"))
    await record(in_transaction, shop, acts)
    await fit(in_transaction, shop, NOW - days(1))
    await fit(in_transaction, shop)
    bought = histories_of(shop, ACTS)
    net = dict(zip(bought.member_ids, bought.net_spend_minor, strict=True))
    today = AS_OF.today
    async with in_transaction(shop.tenant_id) as uow:
        expected = {it.member_id: it.value_minor or 0 for it in await uow.predictions.by_members(list(net))}
        [before, whole] = await uow.lifetime_values.between(LifetimeScope.TENANT, [], today - days(9), today)
        tiers = await uow.lifetime_values.between(LifetimeScope.TIER, [], today, today)
        [tea] = await uow.lifetime_values.between(LifetimeScope.GROUP, [shop.group("g0")], today, today)
    assert (before.date, whole.date) == (today - days(1), today)
    assert whole.historic_minor == sum(net.values())
    assert whole.expected_minor == sum(expected.values())
    assert sum(it.members for it in tiers) == whole.members == 401
    assert sum(it.historic_minor for it in tiers) == whole.historic_minor
    assert sum(it.expected_minor or 0 for it in tiers) == whole.expected_minor
    present = [shop.member(f"m{number:04}") for number in range(0, 30, 3)]
    assert (tea.group_id, tea.members) == (shop.group("g0"), len(present) + 1)
    assert tea.historic_minor == sum(net.get(it, 0) for it in present)
    assert tea.expected_minor == sum(expected.get(it, 0) for it in present)


async def test_too_little_data_is_refused_and_nothing_stays_predicted(
    in_transaction: Transactions, database: Database, shop: Brand
) -> None:
    await fit(in_transaction, shop)
    assert await scalar(database, shop, "select count(*) from predictions") > 300
    async with in_transaction(shop.tenant_id) as uow:
        await update_prediction_policy(uow, PredictionPolicy(minimum_buyers=10_000), 0, NOW)
    model = await fit(in_transaction, shop)
    assert (model.status, model.parameters) == (FitStatus.TOO_LITTLE_DATA, None)
    assert await scalar(database, shop, "select count(*) from predictions") == 0
    async with in_transaction(shop.tenant_id) as uow:
        [whole] = await uow.lifetime_values.between(LifetimeScope.TENANT, [], AS_OF.today, AS_OF.today)
    assert whole.expected_minor is None
    assert whole.historic_minor > 0


class Divergent:
    """The worker, but its search never converges."""

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[WorkerForecast]:
        async with WorkerForecaster().begin() as forecast:

            async def diverge(backtest: bool) -> Unsettled:
                return Unsettled.ORDERS

            forecast.fit = diverge  # type: ignore[method-assign]
            yield forecast


async def test_a_fit_that_does_not_converge_keeps_what_was_there(
    in_transaction: Transactions, shop: Brand
) -> None:
    await fit(in_transaction, shop)
    ids = histories_of(shop, ACTS).member_ids
    async with in_transaction(shop.tenant_id) as uow:
        before = await uow.predictions.by_members(ids)
    later = NOW + days(1)
    model = await fit_predictions(in_transaction, Divergent(), shop.tenant_id, later)
    assert model.status is FitStatus.NOT_CONVERGED
    async with in_transaction(shop.tenant_id) as uow:
        assert await uow.predictions.model() == model
        assert await uow.predictions.by_members(ids) == before
        day = AsOf(later, SHANGHAI).today
        [whole] = await uow.lifetime_values.between(LifetimeScope.TENANT, [], day, day)
    assert whole.expected_minor == sum(it.value_minor or 0 for it in before)


async def test_two_fits_at_once_leave_the_predictions_of_one(
    in_transaction: Transactions, database: Database, shop: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 50)
    models = await asyncio.gather(*(fit(in_transaction, shop) for _ in range(2)))
    buyers = len(histories_of(shop, ACTS).member_ids)
    assert await scalar(database, shop, "select count(*) from predictions") == buyers
    assert await scalar(database, shop, "select count(distinct fit_id) from predictions") == 1
    async with in_transaction(shop.tenant_id) as uow:
        model = await uow.predictions.model()
    assert model == max(models, key=lambda it: it.fit_id)


async def test_a_fit_that_dies_leaves_what_was_there(
    in_transaction: Transactions, database: Database, shop: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled between two chunks, as by a deadline; what it wrote is seen by nobody and swept later."""
    first = await fit(in_transaction, shop)
    monkeypatch.setattr(module, "CHUNK", 50)

    class Dying(WorkerForecast):
        asked = 0

        async def predict(self, histories: BuyerHistories):  # type: ignore[no-untyped-def]
            self.asked += 1
            if self.asked == 3:
                raise asyncio.CancelledError
            return await super().predict(histories)

    class Forecaster(WorkerForecaster):
        @asynccontextmanager
        async def begin(self) -> AsyncIterator[WorkerForecast]:
            async with super().begin() as forecast:
                yield Dying(forecast._worker)

    with pytest.raises(asyncio.CancelledError):
        await fit_predictions(in_transaction, Forecaster(), shop.tenant_id, NOW + days(1))
    assert await scalar(database, shop, "select count(distinct fit_id) from predictions") == 2
    async with in_transaction(shop.tenant_id) as uow:
        assert await uow.predictions.model() == first
        found = await uow.predictions.by_members(histories_of(shop, ACTS).member_ids)
    assert {it.as_of for it in found} == {NOW}
    await fit(in_transaction, shop, NOW + days(1))
    assert await scalar(database, shop, "select count(distinct fit_id) from predictions") == 1


async def test_every_night_once_by_whichever_replica(
    in_transaction: Transactions, database: Database, shop: Brand
) -> None:
    """The first order set the timer. Two replicas race for it; one that dies is followed an hour later."""
    night = next_night(NOW, SHANGHAI)
    due_at = text("select due_at from timers where kind = :kind")

    async def due() -> datetime:
        async with database.session(shop.tenant_id) as session:
            found: datetime = (await session.connection.execute(due_at, {"kind": FIT_DUE})).scalar_one()
            return found

    def replica(now: datetime) -> tuple[NightlyFits, TimerLoop[object]]:
        fits = NightlyFits(in_transaction, WorkerForecaster(), lambda: now)
        return fits, TimerLoop(database, in_transaction, {FIT_DUE: fits.fit_due}, lambda: now)  # type: ignore[dict-item, arg-type]

    assert await due() == night
    (_, one), (_, other) = replica(night), replica(night)
    await asyncio.gather(one.fire_due(), other.fire_due())
    assert await due() == night + timedelta(hours=1), "taken, and nobody fits: both die here"

    (third, loop), (fourth, again) = replica(night + timedelta(hours=1)), replica(night + timedelta(hours=1))
    await asyncio.gather(loop.fire_due(), again.fire_due())
    working = [asyncio.create_task(fits.run()) for fits in (third, fourth)]
    await eventually(due, next_night(night + timedelta(hours=1), SHANGHAI))
    for task in working:
        task.cancel()
    assert await scalar(database, shop, "select count(*) from prediction_models") == 1
    assert replace(AS_OF, at=night).today == AS_OF.today + days(1)
