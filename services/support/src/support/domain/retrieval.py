"""FAQ retrieval on pairs of characters: BM25 finds the candidates, weighted overlap says how sure.

Words would need a segmenter and lose on short Chinese questions; single characters add time and no accuracy.
"""

from __future__ import annotations

import heapq
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

K1, B = 1.2, 0.6
CANDIDATES = 20
MAX_QUERY_LENGTH = 200
"""Characters of a question that are looked at: bounds the work for hostile input."""


@dataclass(frozen=True, slots=True)
class Match:
    """How much question and wording share, 0 to 1, rare parts weighing more; the same of the next entry."""

    entry_id: UUID
    confidence: float
    runner_up: float


def grams(text: str) -> Counter[str]:
    """Neighbouring pairs of the letters and digits, width and case folded; of a single one, itself."""
    folded = unicodedata.normalize("NFKC", text[:MAX_QUERY_LENGTH]).casefold()
    letters = [char for char in folded if char.isalnum()]
    return Counter(first + second for first, second in pairwise(letters)) or Counter(letters)


class FaqIndex:
    """Every way to ask is a document of its own; an entry is as good as its best one."""

    def __init__(self, wordings: Iterable[tuple[UUID, str]]) -> None:
        self._entries: list[UUID] = []
        self._lengths: list[int] = []
        self._vocabularies: list[frozenset[str]] = []
        self._postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for entry_id, wording in wordings:
            counts = grams(wording)
            for gram, count in counts.items():
                self._postings[gram].append((len(self._entries), count))
            self._entries.append(entry_id)
            self._lengths.append(counts.total())
            self._vocabularies.append(frozenset(counts))
        total = len(self._entries)
        self._average = (sum(self._lengths) / total) if total else 1.0
        self._unseen = math.log(1 + (total + 0.5) / 0.5)
        self._idf = {
            gram: math.log(1 + (total - len(postings) + 0.5) / (len(postings) + 0.5))
            for gram, postings in self._postings.items()
        }

    def best(self, question: str) -> Match | None:
        """The entry that fits best, None if nothing is shared."""
        wanted = frozenset(grams(question))
        overlaps: dict[UUID, float] = {}
        for document in self._ranked(wanted):
            entry_id = self._entries[document]
            overlap = self._overlap(wanted, self._vocabularies[document])
            overlaps[entry_id] = max(overlap, overlaps.get(entry_id, 0.0))
        if not overlaps:
            return None
        (entry_id, confidence), *others = sorted(overlaps.items(), key=lambda entry: -entry[1])
        return Match(entry_id, confidence, others[0][1] if others else 0.0)

    def _ranked(self, wanted: frozenset[str]) -> list[int]:
        """The candidates by BM25."""
        scores: defaultdict[int, float] = defaultdict(float)
        for gram in wanted & self._idf.keys():
            weight = self._idf[gram]
            for document, count in self._postings[gram]:
                norm = K1 * (1 - B + B * self._lengths[document] / self._average)
                scores[document] += weight * count * (K1 + 1) / (count + norm)
        return heapq.nlargest(CANDIDATES, scores, key=lambda document: scores[document])

    def _overlap(self, question: frozenset[str], wording: frozenset[str]) -> float:
        """Dice coefficient, weighted."""
        shared = self._weight(question & wording)
        return 2 * shared / (self._weight(question) + self._weight(wording))

    def _weight(self, vocabulary: Iterable[str]) -> float:
        return sum(self._idf.get(gram, self._unseen) for gram in vocabulary)
