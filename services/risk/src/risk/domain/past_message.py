"""A message of the last days with what was decided about it, to be judged again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from risk.domain.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class PastMessage:
    """`text` is masked; None: it is no longer kept. `flexible_rule`, if any, is whose quota it used."""

    activity_id: UUID
    member_id: UUID
    group_id: UUID | None
    occurred_at: datetime
    decided_at: datetime
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    probability: float | None = None
    fingerprint: int | None = None
    flexible_rule: str = ""
    text: str | None = None


Turn = tuple[Sequence[PastMessage], Sequence[PastMessage]]
"""Messages decided before, and those that are judged by them and by each other."""


def turns(said: Sequence[PastMessage], window: timedelta) -> Iterator[Turn]:
    """`said`: in the order they were decided. Left out is what is a window older than all it could matter to.

    Batches that came in the order of time are one turn: judged together, they are judged the same.
    """
    seen: list[PastMessage] = []
    for fresh in _in_order_of_time(said):
        times = [it.occurred_at for it in fresh]
        since, until = min(times) - window, max(times)
        yield [it for it in seen if since < it.occurred_at <= until], fresh
        seen += fresh


def _in_order_of_time(said: Sequence[PastMessage]) -> Iterator[Sequence[PastMessage]]:
    portion: list[PastMessage] = []
    newest = None
    for _, batch in groupby(said, key=attrgetter("decided_at")):
        messages = list(batch)
        times = [it.occurred_at for it in messages]
        if newest is not None and min(times) <= newest:
            yield portion
            portion, newest = [], None
        portion += messages
        newest = max(times) if newest is None else max(newest, *times)
    if portion:
        yield portion
