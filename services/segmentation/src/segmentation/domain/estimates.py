"""What some, chosen without regard to what is asked, tell of all."""

from math import sqrt
from typing import NamedTuple

# Of a hundred estimates, 95 are within the margin.
_Z = 1.96


class Estimate(NamedTuple):
    """Exact if the margin is 0."""

    number: int
    margin: int


def estimate(met: int, looked_at: int, of: int) -> Estimate:
    """How many of `of` meet what `met` of those looked at do.

    The interval of Agresti and Coull has a width even if nobody does; it shrinks as fewer are left.
    """
    if looked_at >= of:
        return Estimate(met, 0)
    if not looked_at:
        return Estimate(0, of)
    weight = looked_at + _Z**2
    share = (met + _Z**2 / 2) / weight
    error = sqrt(share * (1 - share) / weight * (of - looked_at) / (of - 1))
    return Estimate(round(met * of / looked_at), max(round(_Z * error * of), 1))
