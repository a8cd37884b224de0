"""Maximum likelihood over positive parameters, from several starting points."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats], tuple[float, Floats]]
"""Parameters → log-likelihood of all data, and its gradient."""

ITERATIONS = 500
_LOG_BOUNDS = (-9.0, 12.0)


def maximise(
    likelihood: Likelihood, starts: Sequence[Sequence[float]], size: float, iterations: int = ITERATIONS
) -> tuple[Floats, float] | None:
    """The best parameters and their log-likelihood; None if the search converged from no start.

    Searched in logs, so that they stay positive; `size`, the number of observations, makes data of any size
    equally steep.
    """

    def descent(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        value, gradient = likelihood(parameters)
        return -value / size, -gradient * parameters / size

    found = [
        minimize(
            descent,
            np.log(start),
            method="L-BFGS-B",
            jac=True,
            bounds=[_LOG_BOUNDS] * len(start),
            options={"maxiter": iterations, "ftol": 1e-13, "gtol": 1e-8},
        )
        for start in starts
    ]
    converged = [result for result in found if result.success and np.isfinite(result.fun)]
    if not converged:
        return None
    best = min(converged, key=lambda result: float(result.fun))
    return np.exp(best.x), -float(best.fun) * size
