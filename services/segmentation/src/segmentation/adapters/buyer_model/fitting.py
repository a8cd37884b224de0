"""Maximum likelihood over positive parameters, from several starting points."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats, Floats], tuple[float, Floats]]
"""Parameters and observations → their log-likelihood, and its gradient."""

ITERATIONS = 2_000
COARSE = 2_000
_NO_STEP = 2  # of L-BFGS-B: rounding leaves no better point; at the optimum that is as good
_FLAT = 1e-4
_LOG_BOUNDS = (-9.0, 12.0)


def maximise(
    likelihood: Likelihood,
    starts: Sequence[Sequence[float]],
    observations: Floats,
    iterations: int = ITERATIONS,
) -> tuple[Floats, float] | None:
    """The best parameters and their log-likelihood; None if the search converged from no start.

    `observations` are columns. Of many, a part decides between the starts, and the search goes on with all.
    Searched in logs, so that parameters stay positive.
    """
    thinned = observations[:, :: max(observations.shape[1] // COARSE, 1)]
    searches = [_search(likelihood, np.array(start), thinned, iterations) for start in starts]
    found = [it for it in searches if it is not None]
    if not found:
        return None
    best = max(found, key=lambda it: it[1])
    if thinned.shape == observations.shape:
        return best
    return _search(likelihood, best[0], observations, iterations)


def _search(
    likelihood: Likelihood, start: Floats, observations: Floats, iterations: int
) -> tuple[Floats, float] | None:
    size = observations.shape[1]

    def descent(logs: Floats) -> tuple[float, Floats]:
        """Per observation, so that data of any size is equally steep."""
        parameters = np.exp(logs)
        value, gradient = likelihood(parameters, observations)
        return -value / size, -gradient * parameters / size

    result = minimize(
        descent,
        np.log(start),
        method="L-BFGS-B",
        jac=True,
        bounds=[_LOG_BOUNDS] * start.size,
        options={"maxiter": iterations, "ftol": 1e-11, "gtol": 1e-8},
    )
    stuck = result.status == _NO_STEP and np.abs(result.jac).max() < _FLAT
    if not (result.success or stuck) or not np.isfinite(result.fun):
        return None
    return np.exp(result.x), -float(result.fun) * size
