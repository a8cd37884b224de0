"""What passes between the stages of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands in the file: line number from 1, its text, its named values."""

    line: int
    text: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One activity ready for the gateway (docs/guides/activities.md), and where it came from."""

    line: int
    text: str
    activity: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not imported, and why. `text` is the row as it stands in the file."""

    line: int
    text: str
    code: str
    field: str | None
    message: str


class InvalidField(ValueError):
    """A value of a row cannot be used; `code` in UPPER_SNAKE."""

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field

    def reject(self, record: Record) -> Reject:
        return Reject(record.line, record.text, self.code, self.field, str(self))


class UnreadableFile(Exception):
    """Nothing can be read from the file; the message says what to do."""
