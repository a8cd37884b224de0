"""Maximum likelihood over positive parameters, from several starting points."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats], tuple[float, Floats]]
"""Parameters → the log-likelihood of all buyers, and its gradient."""

ITERATIONS = 300
_BOUNDS = (-12.0, 7.0)
_FLAT = 1e-4
_SMALLEST_GAIN = 1e-11


def maximise(
    likelihood: Likelihood,
    buyers: int,
    starts: Sequence[Sequence[float]],
    coordinates: Floats,
    iterations: int = ITERATIONS,
) -> tuple[Floats, float] | None:
    """The best parameters and their log-likelihood; None if no search ended where it is flat.

    Searched in `coordinates` of the logs of the parameters, one a row: means and shapes, which depend on each
    other less than the parameters themselves. Buyers who are alike in something push its shape to a bound,
    where a step more would make no difference to what is expected: that is an end like any other.
    """
    parameters_of = np.linalg.inv(coordinates)

    def descent(place: Floats) -> tuple[float, Floats]:
        """Per buyer, so that data of any size is equally steep."""
        parameters = np.exp(parameters_of @ place)
        value, gradient = likelihood(parameters)
        return -value / buyers, -(parameters_of.T @ (gradient * parameters)) / buyers

    best: tuple[Floats, float] | None = None
    for start in starts:
        end = minimize(
            descent,
            coordinates @ np.log(start),
            method="L-BFGS-B",
            jac=True,
            bounds=[_BOUNDS] * len(start),
            options={"maxiter": iterations, "ftol": _SMALLEST_GAIN, "gtol": 1e-8},
        )
        if _is_flat(end.x, end.jac) and (best is None or -end.fun * buyers > best[1]):
            best = np.exp(parameters_of @ end.x), -float(end.fun) * buyers
    return best


def _is_flat(place: Floats, slope: Floats) -> bool:
    """Within the bounds. However the search ended: rounding may keep it from the very last step."""
    within = np.clip(place - slope, *_BOUNDS) - place
    return bool(np.abs(within).max() < _FLAT)
