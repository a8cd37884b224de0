"""The models against the literature, and where arithmetic is delicate."""

from itertools import product

import numpy as np
import pytest
from scipy.special import hyp2f1

from segmentation.adapters.buyer_model.bg_nbd import BgNbd, fit_bg_nbd
from segmentation.adapters.buyer_model.fitting import Floats
from segmentation.adapters.buyer_model.gamma_gamma import GammaGamma, fit_gamma_gamma
from segmentation.adapters.forecaster import WorkerDied, WorkerForecaster
from segmentation.domain.predictions import HORIZON_DAYS

from .cdnow import CALIBRATION_ENDS, HOLDOUT_ENDS, SAMPLE, histories, purchases

needs_cdnow = pytest.mark.skipif(not SAMPLE.exists(), reason=f"needs the CDNOW sample, {SAMPLE}")
LITERATURE = BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4)
RANDOM = np.random.default_rng(20_260_301)
BUYERS = 5_000
IN_HORIZON = HORIZON_DAYS / 7


def drawn(rates: Floats, stops: Floats) -> tuple[Floats, Floats, Floats]:
    """(x, t_x, T) of buyers with these weekly rates and dropout probabilities, in whole days."""
    age = np.floor(RANDOM.uniform(7, 540, rates.size))
    rows = []
    for rate, stop, until in zip(rates / 7, stops, age, strict=True):
        days, at = {0}, RANDOM.exponential(1 / rate)
        while at < until:
            days.add(int(at))
            at = until if RANDOM.random() < stop else at + RANDOM.exponential(1 / rate)
        rows.append((len(days) - 1, max(days) / 7))
    x, t_x = np.array(rows, dtype=np.float64).T
    return x, t_x, age / 7


def calibration() -> tuple[Floats, Floats, Floats, Floats]:
    """(x, t_x, T) in weeks, and mean repeat values in dollars."""
    found = histories(CALIBRATION_ENDS)
    return (
        np.array(found.repeats, dtype=float),
        np.array(found.recency_days) / 7,
        np.array(found.age_days) / 7,
        np.array(found.repeat_value_minor) / 100,
    )


@needs_cdnow
def test_bg_nbd_of_the_cdnow_sample_is_that_of_the_literature() -> None:
    """Fader, Hardie and Lee (2005), table 2; the other figures are theirs, too."""
    x, t_x, age, _ = calibration()
    assert (x.size, (x > 0).sum(), x.sum()) == (2_357, 946, 2_457)
    model = fit_bg_nbd(x, t_x, age)
    assert model is not None
    found = (round(it, 3) for it in (model.r, model.alpha, model.a, model.b))
    assert tuple(found) == (0.243, 4.414, 0.793, 2.426)
    assert round(model.log_likelihood, 1) == -9582.4


@needs_cdnow
def test_gamma_gamma_of_the_cdnow_sample_is_that_of_the_literature() -> None:
    """Fader and Hardie (2013): p 6.25, q 3.74, gamma 15.44, on 946 repeat buyers."""
    x, _, _, value = calibration()
    model = fit_gamma_gamma(x, value)
    assert model is not None
    assert (round(model.p, 2), round(model.q, 2), round(model.gamma, 2)) == (6.25, 3.74, 15.44)
    cents = fit_gamma_gamma(x, value * 100)
    assert cents is not None
    assert (cents.p, cents.q, cents.gamma) == pytest.approx((model.p, model.q, model.gamma * 100), rel=1e-4)
    assert cents.log_likelihood == pytest.approx(model.log_likelihood - 946 * np.log(100))


@needs_cdnow
def test_expectations_equal_the_formula_of_the_paper() -> None:
    """Equation 10, where it does not overflow; customer 1 is expected to buy 1.226 times in 39 weeks."""
    x, t_x, age, _ = calibration()
    model, t = LITERATURE, 39.0
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    ratio = (alpha + age) / (alpha + age + t)
    bought = 1 - ratio ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t))
    dead = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x), 0)
    expected = (a + b + x - 1) / (a - 1) * bought / (1 + dead)
    found = model.expected_purchases(t, x, t_x, age)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert found[0] == pytest.approx(1.226, abs=5e-4)
    np.testing.assert_allclose(model.probability_alive(x, t_x, age), 1 / (1 + dead), rtol=1e-12)


def test_frequent_buyers_and_the_singular_point_overflow_nothing() -> None:
    x = np.array([0.0, 1, 50, 400, 3_000])
    t_x, age = np.array([0.0, 5, 99, 199, 519]), np.array([0.0, 10, 100, 200, 520])
    for a in (0.05, 0.999999, 1.0, 1.000001, 7.0):
        model = BgNbd(0.3, 5.0, a, 2.0, 0)
        expected, alive = model.expected_purchases(13, x, t_x, age), model.probability_alive(x, t_x, age)
        assert np.isfinite(expected).all()
        assert (expected >= 0).all()
        assert ((alive >= 0) & (alive <= 1)).all()
        limit = (0.3 + x) / (5 + age) * 13
        assert (expected <= limit * 1.0001).all(), "nobody buys more often than one who never stops"
    at, beside = (BgNbd(0.3, 5.0, a, 2.0, 0).expected_purchases(13, x, t_x, age) for a in (1.0, 1.0001))
    np.testing.assert_allclose(at, beside, rtol=1e-3)


def test_parameters_at_the_far_ends_expect_something_possible() -> None:
    """Buyers who are all alike push the parameters apart until 2F1 is lost."""
    x, age = np.array([0.0, 1, 5, 30, 400]), np.array([1.0, 10, 60, 100, 300])
    ends = np.exp([-9.0, -4, 0, 4, 9, 12])
    for r, alpha, a, b in product(ends, repeat=4):
        model = BgNbd(r, alpha, a, b, 0)
        expected = model.expected_purchases(13, x, age * (x > 0) * 0.9, age)
        assert ((expected >= 0) & (expected <= (r + x) * 13 / (alpha + age) * (1 + 1e-9))).all(), model
    exact = LITERATURE.expected_purchases(13, x, age * (x > 0), age)
    alive = LITERATURE.probability_alive(x, age * (x > 0), age)
    np.testing.assert_allclose(LITERATURE._expected_of_the_living(13, x, age) * alive, exact, rtol=1e-3)


def test_parameters_are_found_again() -> None:
    """10,000 buyers drawn from the model itself."""
    rates, stops = RANDOM.gamma(0.8, 1 / 6.0, 10_000), RANDOM.beta(1.2, 3.0, 10_000)
    model = fit_bg_nbd(*drawn(rates, stops))
    assert model is not None
    assert (model.r, model.alpha) == pytest.approx((0.8, 6.0), rel=0.1)
    assert model.a / (model.a + model.b) == pytest.approx(1.2 / 4.2, rel=0.1)


@pytest.mark.parametrize(
    ("rates", "stops"),
    [
        pytest.param(np.minimum(RANDOM.zipf(1.6, BUYERS) / 50, 3.0), RANDOM.beta(1, 9, BUYERS), id="zipf"),
        pytest.param(np.full(BUYERS, 0.5), np.full(BUYERS, 0.1), id="all alike"),
        pytest.param(np.full(BUYERS, 0.5), np.zeros(BUYERS), id="all alike, nobody leaves"),
        pytest.param(RANDOM.gamma(1, 0.2, BUYERS), np.zeros(BUYERS), id="nobody leaves"),
        pytest.param(RANDOM.gamma(1, 0.2, BUYERS), np.ones(BUYERS), id="everybody leaves"),
    ],
)
def test_likely_and_unlikely_buyers_are_fitted(rates: Floats, stops: Floats) -> None:
    """And what they lead to is possible: the formula and the mean over quantiles agree."""
    x, t_x, age = drawn(rates, stops)
    model = fit_bg_nbd(x, t_x, age)
    assert model is not None
    alive = model.probability_alive(x, t_x, age)
    assert (alive[x > 0].mean() > 0.9) == (stops.max() == 0), "who leaves is told from who does not"
    expected = model.expected_purchases(IN_HORIZON, x, t_x, age)
    truth = model._expected_of_the_living(IN_HORIZON, x, age) * alive
    np.testing.assert_allclose(expected, truth, rtol=1e-2, atol=1e-3)
    if stops.max() == 0:
        assert expected.sum() == pytest.approx(rates.sum() * IN_HORIZON, rel=0.05)


def test_degenerate_buyers_are_fitted() -> None:
    age = np.floor(RANDOM.uniform(7, 540, BUYERS)) / 7
    never = np.zeros(BUYERS)
    once = fit_bg_nbd(never, never, age)
    assert once is not None
    assert once.expected_purchases(IN_HORIZON, never, never, age).sum() < 0.1, "nobody came back"

    weekly = fit_bg_nbd(np.floor(age), np.floor(age), age)
    assert weekly is not None
    expected = weekly.expected_purchases(IN_HORIZON, np.floor(age), np.floor(age), age)
    assert expected == pytest.approx(IN_HORIZON, rel=0.03)

    x, t_x, age = drawn(RANDOM.gamma(0.3, 1 / 4, BUYERS), RANDOM.beta(1, 3, BUYERS))
    without = fit_bg_nbd(x, t_x, age)
    x[0], t_x[0], age[0] = 540, 540 / 7, 540 / 7
    huge = fit_bg_nbd(x, t_x, age)
    assert without is not None
    assert huge is not None
    with_huge, others = (it.expected_purchases(IN_HORIZON, x, t_x, age) for it in (huge, without))
    assert with_huge[1:].sum() == pytest.approx(others[1:].sum(), rel=0.05)


@pytest.mark.parametrize(
    ("means", "typical"),
    [
        pytest.param(np.full(BUYERS, 9_900.0), 9_900, id="one price"),
        pytest.param(RANDOM.choice([990.0, 1_990, 9_900], BUYERS), None, id="a price of each buyer's own"),
        pytest.param(RANDOM.integers(9_000, 11_000, BUYERS) * 1.0, 10_000, id="hardly different"),
        pytest.param(1_000 * (1 + RANDOM.pareto(0.9, BUYERS)), None, id="no mean"),
        pytest.param(np.append(RANDOM.gamma(4, 500, BUYERS - 1), 1e13), None, id="one huge buyer"),
    ],
)
def test_any_values_are_fitted(means: Floats, typical: float | None) -> None:
    x = RANDOM.geometric(0.3, BUYERS) * 1.0
    model = fit_gamma_gamma(x, means)
    assert model is not None
    expected = model.expected_value(x, means)
    assert (expected > 0).all()
    if typical:
        assert expected == pytest.approx(typical, rel=0.1)


def test_what_does_not_converge_is_told() -> None:
    buyers = np.arange(40.0)
    assert fit_bg_nbd(buyers % 5, buyers % 5, buyers, iterations=1) is None
    assert fit_gamma_gamma(buyers + 1, buyers + 1, iterations=1) is None


def test_purchases_worth_nothing_leave_values_unknown() -> None:
    model = fit_gamma_gamma(np.array([0.0, 2]), np.array([0.0, 0]))
    assert model is not None
    assert np.isnan(model.expected_value(np.array([0.0, 2]), np.array([0.0, 0]))).all()


def test_a_value_without_a_mean_is_unknown() -> None:
    model = GammaGamma(p=2.0, q=0.8, gamma=10.0, log_likelihood=0)
    unknown, known = model.expected_value(np.array([0.0, 3]), np.array([0.0, 20]))
    assert np.isnan(unknown)
    assert known == pytest.approx(2 * (10 + 60) / (6 + 0.8 - 1))


@needs_cdnow
async def test_the_worker_fits_predicts_and_back_tests() -> None:
    """The process itself, on the sample: 39 weeks are not 90 days, so the back-test is another split."""
    bought = histories(HOLDOUT_ENDS, earlier=CALIBRATION_ENDS)
    async with WorkerForecaster().begin() as forecast:
        await forecast.learn(bought)
        parameters = await forecast.fit(backtest=True)
        assert parameters is not None
        assert parameters.fitted_buyers == 2_357
        found = await forecast.predict(bought)
    assert len(found.orders) == len(found.alive) == len(found.order_value_minor) == 2_357
    assert found.earlier_orders is not None
    x, t_x, age, _ = calibration()
    in_horizon = LITERATURE.expected_purchases(HORIZON_DAYS / 7, x, t_x, age).sum()
    assert found.earlier_orders == pytest.approx(in_horizon, rel=1e-3)
    assert sum(bought.later_purchases) == sum(
        day > CALIBRATION_ENDS for days in purchases().values() for day in days
    )


async def test_a_worker_that_fails_says_so() -> None:
    async with WorkerForecaster().begin() as forecast:
        with pytest.raises(WorkerDied):
            await forecast.fit(backtest=False)
