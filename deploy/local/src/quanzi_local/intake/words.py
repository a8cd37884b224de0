"""Rows of a lexicon file: word, verdict, category, match_homophones, match_splits, note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from quanzi_local.intake.rows import InvalidField, Record, Reject

COLUMNS = ("word", "verdict", "category", "match_homophones", "match_splits", "note")
VERDICTS = ("ALLOW", "REVIEW", "BLOCK")
CATEGORIES = ("ADVERT", "PORN", "ABUSE", "GAMBLING", "FRAUD", "VIOLENCE", "PERSONAL_DATA", "LINK", "FLOODING")
_MOST_CHARACTERS = {"word": 100, "note": 200}
_TRUE, _FALSE = ("true", "1", "yes", "是"), ("false", "0", "no", "否", "")


@dataclass(frozen=True, slots=True)
class WordRow:
    """A word as the graph's LexiconWordInput, and where it came from."""

    line: int
    text: str
    word: dict[str, Any]


def word_rows(records: Iterable[Record | Reject]) -> Iterator[WordRow | Reject]:
    """One per row; the verdict is BLOCK where a row has none."""
    for record in records:
        if isinstance(record, Reject):
            yield record
            continue
        try:
            yield WordRow(record.line, record.text, _word(record))
        except InvalidField as error:
            yield error.reject(record)


def _word(record: Record) -> dict[str, Any]:
    word = _text(record, "word")
    if not any(character.isalnum() or character in "+➕" for character in word):
        raise InvalidField("INVALID_WORD", "word", "a word has a letter or a digit")
    verdict = _one_of(record, "verdict", VERDICTS) or "BLOCK"
    category = _one_of(record, "category", CATEGORIES)
    if category is None and verdict != "ALLOW":
        raise InvalidField("MISSING_FIELD", "category", "only an allowed word needs no category")
    return {
        "word": word,
        "verdict": verdict,
        "category": category,
        "matchHomophones": _flag(record, "match_homophones"),
        "matchSplits": _flag(record, "match_splits"),
        "note": _text(record, "note"),
    }


def _text(record: Record, name: str) -> str:
    value = record.values.get(name)
    text = "" if value is None else str(value).strip()
    if len(text) > _MOST_CHARACTERS[name]:
        raise InvalidField("TOO_LONG", name, f"{name} has more than {_MOST_CHARACTERS[name]} characters")
    return text


def _one_of(record: Record, name: str, known: tuple[str, ...]) -> str | None:
    value = str(record.values.get(name) or "").strip().upper()
    if value and value not in known:
        raise InvalidField("UNKNOWN_VALUE", name, f"{name} is one of {', '.join(known)}")
    return value or None


def _flag(record: Record, name: str) -> bool:
    value = str(record.values.get(name) or "").strip().lower()
    if value not in (*_TRUE, *_FALSE):
        raise InvalidField("UNKNOWN_VALUE", name, f"{name} is true or false")
    return value in _TRUE
