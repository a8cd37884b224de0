"""Gamma-gamma: what a purchase of a buyer is worth. Fader and Hardie, "The Gamma-Gamma Model" (2013).

A buyer is (x, z): repeat purchases and their mean value; the first purchase does not count.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from segmentation.adapters.buyer_model.fitting import ITERATIONS, Floats, maximise

_STARTS = ((6.0, 4.0, 0.5), (1.0, 2.0, 1.0), (2.0, 1.5, 0.2))
_COORDINATES = np.array([[1, 0, 0], [0, 1, 0], [1, -1, 1]])
"""Of p, q, gamma: how alike the values of a buyer are, how alike buyers are, and the typical value."""


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Values of a buyer are gamma (p, nu) distributed, nu among buyers gamma (q, gamma)."""

    p: float
    q: float
    gamma: float
    log_likelihood: float

    def expected_value(self, x: Floats, mean: Floats) -> Floats:
        """Of one more purchase, in the unit of `mean`; not a number where the model has no mean."""
        known = self.p * x + self.q - 1
        return np.where(known > 0, self.p * (self.gamma + x * mean) / np.where(known > 0, known, 1), np.nan)


_UNKNOWN = GammaGamma(0.0, 0.0, 0.0, 0.0)
"""Expects nothing of anybody: no repeat purchase was worth anything."""


def fit_gamma_gamma(x: Floats, mean: Floats, iterations: int = ITERATIONS) -> GammaGamma | None:
    """On those with repeat purchases worth something. None if the search did not converge."""
    usable = (x > 0) & (mean > 0)
    if not usable.any():
        return _UNKNOWN
    x, unit = x[usable], float(np.exp(np.log(mean[usable]).mean()))
    z = mean[usable] / unit

    def likelihood(parameters: Floats) -> tuple[float, Floats]:
        p, q, gamma = parameters
        total = np.log(gamma + x * z)
        value = (
            gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
            + q * np.log(gamma) + (p * x - 1) * np.log(z) + p * x * np.log(x) - (p * x + q) * total
        )  # fmt: skip
        gradient = (
            x * (digamma(p * x + q) - digamma(p * x) + np.log(z) + np.log(x) - total),
            digamma(p * x + q) - digamma(q) + np.log(gamma) - total,
            q / gamma - (p * x + q) / (gamma + x * z),
        )
        return float(value.sum()), np.array([column.sum() for column in gradient])

    found = maximise(likelihood, x.size, _STARTS, _COORDINATES, iterations)
    if not found:
        return None
    (p, q, gamma), in_units = found
    return GammaGamma(float(p), float(q), float(gamma) * unit, in_units - x.size * float(np.log(unit)))
