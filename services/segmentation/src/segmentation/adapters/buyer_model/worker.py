"""The process that does the arithmetic: one JSON document per line in, one out; ends with its input.

A process of its own, so that numpy and scipy take neither the service's time nor, between fits, its memory.
"""

import os
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from segmentation.adapters.buyer_model.bg_nbd import BgNbd, fit_bg_nbd
from segmentation.adapters.buyer_model.fitting import Floats
from segmentation.adapters.buyer_model.gamma_gamma import GammaGamma, fit_gamma_gamma
from segmentation.domain.predictions import Unsettled

NICENESS = 10
_DAYS_A_WEEK = 7.0
_HISTORY = ("repeats", "recency_days", "age_days")
_EARLIER = ("earlier_repeats", "earlier_recency_days", "earlier_age_days")


@dataclass(frozen=True, slots=True)
class Fitted:
    """`earlier`: the model of the back-test, if there is one."""

    orders: BgNbd
    value: GammaGamma
    earlier: BgNbd | None


class Models:
    """What was learnt so far, and what was fitted to it."""

    _fitted: Fitted

    def __init__(self) -> None:
        self._learnt: list[dict[str, Floats]] = []

    def learn(self, histories: dict[str, list[float | None]]) -> None:
        self._learnt.append(_columns(histories))

    def fit(self, backtest: bool) -> dict[str, float] | Unsettled:
        columns = {name: np.concatenate([it[name] for it in self._learnt]) for name in self._learnt[0]}
        self._learnt.clear()
        orders = fit_bg_nbd(*_weeks(columns, _HISTORY))
        if orders is None:
            return Unsettled.ORDERS
        value = fit_gamma_gamma(columns["repeats"], columns["repeat_value_minor"])
        if value is None:
            return Unsettled.VALUE
        earlier = fit_bg_nbd(*_bought(_weeks(columns, _EARLIER))) if backtest else None
        self._fitted = Fitted(orders, value, earlier)
        return {
            "r": orders.r,
            "alpha": orders.alpha,
            "a": orders.a,
            "b": orders.b,
            "log_likelihood": orders.log_likelihood,
            "p": value.p,
            "q": value.q,
            "gamma_minor": value.gamma,
            "value_log_likelihood": value.log_likelihood,
            "fitted_buyers": int(columns["repeats"].size),
        }

    def predict(self, histories: dict[str, list[float | None]], days: int) -> dict[str, Any]:
        fitted, columns, weeks = self._fitted, _columns(histories), days / _DAYS_A_WEEK
        x, t_x, age = _weeks(columns, _HISTORY)
        value = fitted.value.expected_value(x, columns["repeat_value_minor"])
        earlier_orders = None
        if fitted.earlier:
            earlier = _bought(_weeks(columns, _EARLIER))
            earlier_orders = float(fitted.earlier.expected_purchases(weeks, *earlier).sum())
        return {
            "orders": fitted.orders.expected_purchases(weeks, x, t_x, age).tolist(),
            "alive": fitted.orders.probability_alive(x, t_x, age).tolist(),
            "order_value_minor": [None if np.isnan(it) else it for it in value.tolist()],
            "earlier_orders": earlier_orders,
        }


def _columns(histories: dict[str, list[float | None]]) -> dict[str, Floats]:
    """None becomes not a number."""
    return {name: np.array(column, dtype=np.float64) for name, column in histories.items()}


def _weeks(columns: dict[str, Floats], names: tuple[str, str, str]) -> tuple[Floats, Floats, Floats]:
    repeats, recency, age = (columns[name] for name in names)
    return repeats, recency / _DAYS_A_WEEK, age / _DAYS_A_WEEK


def _bought(history: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats, Floats]:
    """Without those who had not bought yet."""
    known = ~np.isnan(history[0])
    x, t_x, age = (column[known] for column in history)
    return x, t_x, age


def main() -> None:
    os.nice(NICENESS)
    models = Models()
    for line in sys.stdin.buffer:
        method, arguments = orjson.loads(line)
        answer = getattr(models, method)(**arguments)
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
