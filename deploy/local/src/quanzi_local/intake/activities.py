"""Rows of activities; the gateway judges them, nothing is judged here twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from quanzi_local.intake.rows import Record, Reject, Row


@dataclass(frozen=True, slots=True)
class ActivityDefaults:
    """What a row gets that does not say it itself."""

    source: str
    group: str | None = None


def activity_rows(records: Iterable[Record | Reject], defaults: ActivityDefaults) -> Iterator[Row | Reject]:
    for record in records:
        if isinstance(record, Reject):
            yield record
        else:
            yield Row(record.line, record.text, _activity(record.values, defaults))


def _activity(values: Mapping[str, object], defaults: ActivityDefaults) -> dict[str, object]:
    group = {} if defaults.group is None else {"group": defaults.group}
    return {"source": defaults.source, **group, **values}
