"""Complaints by their words, of src/risk/data/complaints_zh.toml."""

import tomllib
from collections.abc import Sequence
from importlib.resources import files

from risk.adapters.aho_corasick import AhoCorasickMatcher
from risk.domain.normal_form import Normaliser


class ComplaintWords:
    """A text with a word of a complaint that no phrase excuses by containing it."""

    def __init__(self, normaliser: Normaliser, words: Sequence[str], excuses: Sequence[str]) -> None:
        self._normaliser = normaliser
        self._words = AhoCorasickMatcher([normaliser.compact(word) for word in words])
        self._excuses = AhoCorasickMatcher([normaliser.compact(phrase) for phrase in excuses])

    @classmethod
    def shipped(cls, normaliser: Normaliser) -> "ComplaintWords":
        data = tomllib.loads(files("risk").joinpath("data/complaints_zh.toml").read_text("utf-8"))
        return cls(normaliser, data["words"].split(), data["excuses"].split())

    def among(self, texts: Sequence[str]) -> Sequence[bool]:
        return [self._is_complaint(self._normaliser.compact(text)) for text in texts]

    def _is_complaint(self, compact: str) -> bool:
        found = self._words.find(compact)
        if not found:
            return False
        excused = [(start, end) for _, start, end in self._excuses.find(compact)]
        return any(all(start < begin or end > finish for begin, finish in excused) for _, start, end in found)
