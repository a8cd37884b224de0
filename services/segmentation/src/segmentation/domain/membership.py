"""Stays of a member in a group, derived from what the member was seen doing there.

This is the definition. Storage derives the same stays set-based; a property test holds the two together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from segmentation.domain.activity import ORDERS, ActivityKind


class Sign(NamedTuple):
    """One activity of a member in a group."""

    occurred_at: datetime
    kind: ActivityKind
    activity_id: UUID
    invited_by_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """From joined_at until left_at (None: still there).

    `join_recorded`: a joined activity vouches for it; otherwise it was implied by the first activity seen.
    """

    joined_at: datetime
    left_at: datetime | None
    join_recorded: bool
    invited_by_id: UUID | None


def stays(signs: Iterable[Sign]) -> list[Stay]:
    """Stays in order of time, whatever the order of the signs.

    Doing anything in the group opens a stay; `left` closes it; `joined` while present changes nothing but its
    record. A first `left` of somebody never seen is a stay that ends where it starts; a repeated `left` is
    none. Orders happen outside the group and imply nothing. At one instant `left` comes last.
    """
    found: list[Stay] = []
    current: list[Sign] = []
    ordered = sorted(
        (sign for sign in signs if sign.kind not in ORDERS),
        key=lambda sign: (sign.occurred_at, sign.kind is ActivityKind.LEFT, sign.activity_id),
    )
    for sign in ordered:
        if sign.kind is ActivityKind.LEFT:
            if current or not found:
                found.append(_stay([*current, sign], left_at=sign.occurred_at))
            current = []
        else:
            current.append(sign)
    if current:
        found.append(_stay(current, left_at=None))
    return found


def _stay(signs: list[Sign], left_at: datetime | None) -> Stay:
    joins = [sign for sign in signs if sign.kind is ActivityKind.JOINED]
    return Stay(signs[0].occurred_at, left_at, bool(joins), joins[0].invited_by_id if joins else None)
