"""BG/NBD: how often buyers buy, and when they stop. Fader, Hardie and Lee, Marketing Science 24 (2005).

A buyer is (x, t_x, T): repeat purchases, time of the last and age, both since the first, in weeks.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, digamma, expit, gammaln, hyp2f1

from segmentation.adapters.buyer_model.fitting import ITERATIONS, Floats, maximise

_STARTS = ((0.3, 5.0, 0.8, 2.5), (1.0, 1.0, 1.0, 1.0), (0.5, 20.0, 0.3, 5.0))
_COORDINATES = np.array([[1, 0, 0, 0], [1, -1, 0, 0], [0, 0, 1, -1], [0, 0, 0.5, 0.5]])
"""Of r, alpha, a, b: how alike rates are, their mean; the odds of dropout, how alike they are."""
_SINGULAR = 1e-6
_NEVER = 1e-12
_QUANTILES = (np.arange(400) + 0.5) / 400


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Purchase rates are gamma (r, alpha) distributed, dropout probabilities beta (a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def probability_alive(self, x: Floats, t_x: Floats, age: Floats) -> Floats:
        """0 to 1; the model takes everybody who bought once for alive."""
        odds_log = (
            np.log(self.a)
            - np.log(self.b + np.maximum(x, 1) - 1)
            + (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + t_x))
        )
        return np.where(x > 0, expit(-odds_log), 1.0)

    def expected_purchases(self, weeks: float, x: Floats, t_x: Floats, age: Floats) -> Floats:
        """In the `weeks` after `age`, given what was bought before.

        Euler's transformation of the paper's equation 10: the large power and the large 2F1 there, which
        overflow for frequent buyers, cancel; what is left has small parameters.
        """
        a = self.a if abs(self.a - 1) > _SINGULAR else 1 + _SINGULAR
        z = weeks / (self.alpha + age + weeks)
        with np.errstate(all="ignore"):
            kept = (1 - z) ** (a - 1) * hyp2f1(a + self.b - 1 - self.r, a - 1, a + self.b + x - 1, z)
            expected = (a + self.b + x - 1) / (a - 1) * (1 - kept)
        at_most = (self.r + x) * weeks / (self.alpha + age)
        lost = ~((expected >= 0) & (expected <= at_most))
        if lost.any():
            expected[lost] = self._expected_of_the_living(weeks, x[lost], age[lost])
        found: Floats = expected * self.probability_alive(x, t_x, age)
        return found

    def _expected_of_the_living(self, weeks: float, x: Floats, age: Floats) -> Floats:
        """Where 2F1 is lost, at the far ends of the parameters: the mean over quantiles of the dropout.

        To about three digits. A living buyer stops with a probability that is beta (a, b + x) distributed.
        """
        kinds, kind = np.unique(x, return_inverse=True)
        stops = betaincinv(self.a, self.b + kinds[:, None], _QUANTILES)[kind]
        shape, scale = (self.r + x)[:, None], (weeks / (self.alpha + age))[:, None]
        bought = -np.expm1(-shape * np.log1p(stops * scale))
        each: Floats = np.where(stops > _NEVER, bought / np.maximum(stops, _NEVER), shape * scale)
        return np.asarray(each.mean(axis=1), dtype=np.float64)


def fit_bg_nbd(x: Floats, t_x: Floats, age: Floats, iterations: int = ITERATIONS) -> BgNbd | None:
    """On the distinct (x, t_x, T) and how many buyers share each. None if the search did not converge."""
    buyers = x.size
    (x, t_x, age), counts = np.unique(np.stack([x, t_x, age]), axis=1, return_counts=True)

    def likelihood(parameters: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = parameters
        last_rate = np.maximum(x, 1) - 1
        alive = -(r + x) * np.log(alpha + age)
        gone = np.where(x > 0, np.log(a) - np.log(b + last_rate) - (r + x) * np.log(alpha + t_x), -np.inf)
        either = np.logaddexp(alive, gone)
        value = (
            gammaln(r + x) - gammaln(r) + r * np.log(alpha)
            + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
            + either
        )  # fmt: skip
        if_alive, if_gone = np.exp(alive - either), np.exp(gone - either)
        gradient = (
            digamma(r + x) - digamma(r) + np.log(alpha)
            - if_alive * np.log(alpha + age) - if_gone * np.log(alpha + t_x),
            r / alpha - (r + x) * (if_alive / (alpha + age) + if_gone / (alpha + t_x)),
            digamma(a + b) - digamma(a + b + x) + if_gone / a,
            digamma(a + b) - digamma(a + b + x) + digamma(b + x) - digamma(b) - if_gone / (b + last_rate),
        )  # fmt: skip
        return float(counts @ value), np.array([counts @ column for column in gradient])

    found = maximise(likelihood, buyers, _STARTS, _COORDINATES, iterations)
    if not found:
        return None
    (r, alpha, a, b), log_likelihood = found
    return BgNbd(float(r), float(alpha), float(a), float(b), log_likelihood)
