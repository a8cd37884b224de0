"""The action ladder (处置阶梯): what a strike leads to."""

from collections.abc import Sequence
from enum import IntEnum


class LadderAction(IntEnum):
    """Steps, the numbers of the contract."""

    WARN = 1
    MUTE = 2
    REMOVE = 3


def action_for(strike: int, ladder: Sequence[LadderAction]) -> LadderAction:
    """The action of the n-th strike (from 1); the last step repeats."""
    return ladder[min(strike, len(ladder)) - 1]
