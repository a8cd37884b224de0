"""A brand's history of a year, as a community makes it: few make most of the noise, mornings are quiet.

Per member ten activities, five of them paid orders; five hundred members a group. The same seed gives the
same rows; times are those of the year before `now`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

MEMBERS_PER_GROUP = 500
ORDERS_PER_MEMBER, ACTIVITIES_PER_MEMBER = 5, 10
_DAYS = 365
_DAY = 86_400_000_000
_LEAVERS, _REFUNDED = 0.15, 0.04
_SKEW_OF_MEMBERS, _SKEW_OF_GROUPS = 0.6, 0.4
# Relative activity by hour, UTC+8: 0 to 23 o'clock.
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 10, 13, 15, 12, 13, 11, 10, 12, 12, 11, 12, 15, 20, 19, 12, 6)
_UTC_OFFSET = 8 * 3600 * 1_000_000
_INTERACTIONS = {
    "message": 60,
    "like": 12,
    "click": 10,
    "check_in": 7,
    "share": 5,
    "favorite": 4,
    "invite": 2,
}
_SLICE = 500_000

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Acts:
    """One kind of activity: `at` in microseconds since 1970; order numbers and amounts where it has them."""

    kind: str
    member: Ints
    at: Ints
    order: Ints | None = None
    amount: Ints | None = None
    invited_by: Ints | None = None


def write_history(path: Path, members: int, now: datetime, seed: int = 7) -> int:
    """Parquet in order of time, columns as segmentation.load_history reads them; returns how many rows."""
    chance = np.random.default_rng(seed)
    end = int(now.timestamp()) * 1_000_000
    group = _chosen(chance, max(1, members // MEMBERS_PER_GROUP), members, _SKEW_OF_GROUPS)
    joined = end - chance.integers(_DAY // 24, _DAYS * _DAY, members)
    everybody = np.arange(members)
    leaver = everybody[chance.random(members) < _LEAVERS]
    orders = ORDERS_PER_MEMBER * members
    buyer = _chosen(chance, members, orders, _SKEW_OF_MEMBERS)
    paid_at, amount = _moments(chance, joined[buyer], end), chance.integers(990, 59_900, orders)
    refunded = np.flatnonzero(chance.random(orders) < _REFUNDED)
    kept = np.where(chance.random(len(refunded)) < 0.5, 1, 2)
    count = ACTIVITIES_PER_MEMBER * members - members - len(leaver) - orders - len(refunded)
    actor = _chosen(chance, members, count, _SKEW_OF_MEMBERS)
    acts = [
        _Acts("joined", everybody, joined, invited_by=_inviters(chance, members)),
        _Acts("left", leaver, _moments(chance, joined[leaver], end)),
        _Acts("order_paid", buyer, paid_at, np.arange(orders), amount),
        _Acts(
            "order_refunded",
            buyer[refunded],
            np.minimum(paid_at[refunded] + chance.integers(_DAY // 8, 9 * _DAY, len(refunded)), end),
            refunded,
            amount[refunded] // kept,
        ),
        *_interactions(chance, actor, _moments(chance, joined[actor], end)),
    ]
    return _write(path, acts, group)


def _chosen(chance: np.random.Generator, among: int, count: int, skew: float) -> Ints:
    """Zipf: the k-th is chosen with weight 1 / k^skew; who is the k-th is drawn, too."""
    weights = np.cumsum(1 / np.arange(1, among + 1) ** skew)
    ranks = np.searchsorted(weights, chance.random(count) * weights[-1])
    return chance.permutation(among)[ranks]


def _moments(chance: np.random.Generator, since: Ints, end: int) -> Ints:
    """Any day from then on, at the hours people are awake."""
    day = (since + (chance.random(len(since)) * (end - since)).astype(np.int64) + _UTC_OFFSET) // _DAY
    hours = np.cumsum(_HOURS) / sum(_HOURS)
    hour = np.searchsorted(hours, chance.random(len(since)))
    at = day * _DAY + hour * (_DAY // 24) + chance.integers(0, _DAY // 24, len(since)) - _UTC_OFFSET
    return np.clip(at, since + 1, end)


def _inviters(chance: np.random.Generator, members: int) -> Ints:
    """Member numbers; -1: nobody."""
    return np.where(chance.random(members) < 0.3, chance.integers(0, members, members), -1)


def _interactions(chance: np.random.Generator, actor: Ints, at: Ints) -> list[_Acts]:
    shares = np.cumsum(list(_INTERACTIONS.values())) / sum(_INTERACTIONS.values())
    kinds = np.searchsorted(shares, chance.random(len(actor)))
    chosen = {kind: np.flatnonzero(kinds == number) for number, kind in enumerate(_INTERACTIONS)}
    return [_Acts(kind, actor[rows], at[rows]) for kind, rows in chosen.items()]


def _write(path: Path, acts: list[_Acts], group: Ints) -> int:
    def column(name: str) -> Ints:
        absent = [np.full(len(it.at), -1) if getattr(it, name) is None else getattr(it, name) for it in acts]
        return np.concatenate(absent)

    kind = np.concatenate([np.full(len(it.at), number, np.int8) for number, it in enumerate(acts)])
    columns = {name: column(name) for name in ("member", "at", "order", "amount", "invited_by")}
    by_time = np.argsort(columns["at"], kind="stable")
    names = pa.array([it.kind for it in acts])
    writer: pq.ParquetWriter | None = None
    for start in range(0, len(by_time), _SLICE):
        rows = by_time[start : start + _SLICE]
        taken = {name: values[rows] for name, values in columns.items()}
        has_order = taken["order"] >= 0
        table = pa.table(
            {
                "kind": names.take(pa.array(kind[rows])),
                "source": pa.repeat("bench", len(rows)),
                "source_id": pa.array(np.arange(start, start + len(rows))).cast(pa.string()),
                "member": _named("m", taken["member"]),
                "group": _named("g", group[taken["member"]]),
                "occurred_at": pa.array(taken["at"]).cast(pa.timestamp("us", "UTC")),
                "invited_by": _named("m", taken["invited_by"], taken["invited_by"] >= 0),
                "order_reference": _named("o", taken["order"], has_order),
                "amount_minor": pa.array(taken["amount"], mask=~has_order),
                "currency": pc.if_else(pa.array(has_order), "CNY", pa.scalar(None, pa.string())),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
    return len(by_time)


def _named(letter: str, numbers: Ints, present: NDArray[np.bool_] | None = None) -> pa.Array:
    texts = pa.array(numbers, mask=None if present is None else ~present).cast(pa.string())
    return pc.binary_join_element_wise(letter, texts, "")
