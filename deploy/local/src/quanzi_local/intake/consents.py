"""Rows of a file of consents, as docs/guides/personal-data.md describes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from quanzi_local.intake.rows import InvalidField, Record, Reject

STATES = ("GIVEN", "WITHDRAWN")
# Columns of the file, and what the graph's ConsentInput calls them.
_TEXTS = {
    "source": "source",
    "source_id": "sourceId",
    "member": "member",
    "purpose": "purpose",
    "channel": "channel",
    "notice_version": "noticeVersion",
    "evidence": "evidence",
}
COLUMNS = {
    **{given: column for column, given in _TEXTS.items()},
    "state": "state",
    "occurredAt": "occurred_at",
}
"""Columns of the file by field of ConsentInput."""


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent as the graph's ConsentInput, and where it came from."""

    line: int
    text: str
    consent: dict[str, str]


def consent_rows(records: Iterable[Record | Reject], source: str) -> Iterator[ConsentRow | Reject]:
    """One per row; `source` is that of rows that name none. What else is missing the service refuses."""
    for record in records:
        if isinstance(record, Reject):
            yield record
            continue
        try:
            yield ConsentRow(record.line, record.text, _consent(record, source))
        except InvalidField as error:
            yield error.reject(record)


def _consent(record: Record, source: str) -> dict[str, str]:
    texts = {given: _text(record, column) for column, given in _TEXTS.items()}
    state = _text(record, "state").upper()
    if state not in STATES:
        raise InvalidField("INVALID_FIELD", "state", f"state is one of {', '.join(STATES)}")
    return texts | {
        "source": texts["source"] or source,
        "state": state,
        "occurredAt": _moment(_text(record, "occurred_at")),
    }


def _moment(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        message = f"{text[:60]!r} is no moment with its offset, such as 2026-01-05T10:00:00+08:00"
        raise InvalidField("INVALID_FIELD", "occurred_at", message)
    return at.isoformat()


def _text(record: Record, name: str) -> str:
    value = record.values.get(name)
    return "" if value is None else str(value).strip()
