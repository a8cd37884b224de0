"""The words of a tenant: risky ones and the allow-list that excuses them."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Protocol

from risk.domain.errors import InvalidWord
from risk.domain.normal_form import Normaliser, NormalText
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict


class Matcher(Protocol):
    """Finds every occurrence of its patterns, overlapping ones too."""

    def find(self, text: str) -> Sequence[tuple[int, int, int]]:
        """(pattern number, start, end) in code points."""
        ...


BuildMatcher = Callable[[Sequence[str]], Matcher]


@dataclass(frozen=True, slots=True)
class Word:
    """A lexicon entry. An allowed word has no category: it excuses shorter hits inside it."""

    text: str
    verdict: Verdict
    category: RiskCategory | None = None

    @classmethod
    def enter(
        cls, text: str, verdict: Verdict, category: RiskCategory | None, normaliser: Normaliser
    ) -> "Word":
        """A word fit for the lexicon. Raises InvalidWord."""
        if not normaliser.compact(text):
            raise InvalidWord(f"{text!r} has neither letters nor digits: it would match nothing")
        if verdict is not Verdict.ALLOW and category is None:
            raise InvalidWord(f"{text!r} needs a category, or the verdict allow")
        return cls(text, verdict, None if verdict is Verdict.ALLOW else category)


class Lexicon:
    """One version of a tenant's words, ready to match. Later words replace earlier ones of the same form."""

    def __init__(
        self, version: int, words: Iterable[Word], normaliser: Normaliser, build: BuildMatcher
    ) -> None:
        self.version = version
        by_form = {normaliser.compact(word.text): word for word in words}
        self._words = list(by_form.values())
        self._matcher = build(list(by_form))

    @cached_property
    def words(self) -> list[Word]:
        """All words in order of their code points."""
        return sorted(self._words, key=lambda word: word.text)

    def search(self, text: NormalText) -> list[Finding]:
        """Risky words in a text, without those inside a longer allowed word."""
        hits = self._matcher.find(text.compact)
        if not hits:
            return []
        excuses = _Excuses((s, e) for number, s, e in hits if self._words[number].category is None)
        findings = []
        for number, start, end in hits:
            word = self._words[number]
            if word.category is None or excuses.cover(start, end) or not _stands_alone(text, start, end):
                continue
            folded = text.folded_positions(start, end)
            origin = text.span_of_folded(folded[0], folded[-1] + 1)
            findings.append(Finding(word.category, word.verdict, Detector.LEXICON, word.text, *origin))
        return findings


class _Excuses:
    """Where allowed words stand; asking costs a bisection however many there are."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))

    def cover(self, start: int, end: int) -> bool:
        """Whether an allowed word contains the range; two words never share a form, so it is a longer one."""
        last = bisect_right(self._starts, start)
        return last > 0 and self._reach[last - 1] >= end


def _stands_alone(text: NormalText, start: int, end: int) -> bool:
    """Whether a hit cuts no Latin word: "sex" is in "s.e.x" but neither in "Essex" nor in "she's ex"."""
    hit = text.compact[start:end]
    if not (_is_latin(hit[0]) or _is_latin(hit[-1])):
        return True
    positions = text.folded_positions(start, end)
    before, after = positions[0] - 1, positions[-1] + 1
    if _is_latin(hit[0]) and before >= 0 and _is_latin(text.folded[before]):
        return False
    if _is_latin(hit[-1]) and after < len(text.folded) and _is_latin(text.folded[after]):
        return False
    steps = {right - left == 1 for left, right in pairwise(positions)}
    return not hit.isascii() or len(steps) < 2


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z"
