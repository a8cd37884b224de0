"""The words of a tenant: risky ones and the allow-list that excuses them."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Protocol

from risk.domain.errors import InvalidWord
from risk.domain.normal_form import Normaliser, NormalText
from risk.domain.spellings import Spellings
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict


class Matcher(Protocol):
    """Finds every occurrence of its patterns, overlapping ones too."""

    def find(self, text: str) -> Sequence[tuple[int, int, int]]:
        """(pattern number, start, end) in code points."""
        ...


BuildMatcher = Callable[[Sequence[str]], Matcher]
Hit = tuple[int, int, int]
"""Number of a word, and its half-open range in the compact form."""

_SHORTEST_HOMOPHONE = 2
_PLAIN = Spellings()
# Longer ones may be spaced anyhow: no two words meet in so many letters by chance.
_LONG_LATIN = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A lexicon entry. An allowed word has no category: it excuses shorter hits inside it."""

    text: str
    verdict: Verdict
    category: RiskCategory | None = None
    match_homophones: bool = False
    match_splits: bool = False
    note: str = ""
    # It came with the service: nobody of the tenant asked for it.
    shipped: bool = False

    def fit(self, normaliser: Normaliser) -> "Word":
        """The word as the lexicon takes it. Raises InvalidWord."""
        form = normaliser.compact(self.text)
        if not form:
            raise InvalidWord(f"{self.text!r} has neither letters nor digits: it would match nothing")
        if self.verdict is not Verdict.ALLOW and self.category is None:
            raise InvalidWord(f"{self.text!r} needs a category, or the verdict allow")
        if self.match_homophones and len(form) < _SHORTEST_HOMOPHONE:
            raise InvalidWord(f"{self.text!r} is one character: too many sound like it")
        return replace(self, category=None) if self.verdict is Verdict.ALLOW else self


class Lexicon:
    """One version of a tenant's words, ready to match. Later words replace earlier ones of the same form."""

    def __init__(
        self,
        version: int,
        words: Iterable[Word],
        normaliser: Normaliser,
        build: BuildMatcher,
        spellings: Spellings = _PLAIN,
    ) -> None:
        self.version = version
        by_form = {normaliser.compact(word.text): word for word in words}
        self._words = list(by_form.values())
        self._spellings = spellings
        numbers = {form: number for number, form in enumerate(by_form)}
        for number, (form, word) in enumerate(by_form.items()):
            for other in spellings.forms(form, word.match_splits, word.match_homophones):
                numbers.setdefault(other, number)
        sounds = {
            spellings.sound(form): number
            for number, (form, word) in enumerate(by_form.items())
            if word.match_homophones
        }
        self._by_form = _Numbered(numbers, build)
        self._by_sound = _Numbered(sounds, build) if sounds else None

    @cached_property
    def own(self) -> frozenset[str]:
        """Texts of the words that did not come with the service."""
        return frozenset(word.text for word in self._words if not word.shipped)

    @cached_property
    def words(self) -> list[Word]:
        """All words in order of their code points."""
        return sorted(self._words, key=lambda word: word.text)

    def search(self, text: NormalText) -> list[Finding]:
        """Risky words in a text, without those inside a longer allowed word."""
        hits = self._by_form.find(text.compact)
        # Latin letters sound as they are written.
        if self._by_sound is not None and not (text.compact.isascii() and text.compact.isalpha()):
            sounding = self._by_sound.find(self._spellings.sound(text.compact))
            if sounding:
                hits = list(dict.fromkeys([*hits, *sounding]))
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


class _Numbered:
    """A matcher whose patterns stand for words; several may stand for one."""

    def __init__(self, numbers: Mapping[str, int], build: BuildMatcher) -> None:
        self._numbers = list(numbers.values())
        self._matcher = build(list(numbers))

    def find(self, text: str) -> list[Hit]:
        return [(self._numbers[number], start, end) for number, start, end in self._matcher.find(text)]


class _Excuses:
    """Where allowed words stand; asking costs a bisection however many there are."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))

    def cover(self, start: int, end: int) -> bool:
        """Whether an allowed word contains the range."""
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
    if not hit.isascii() or len(hit) >= _LONG_LATIN:
        return True
    return len({right - left == 1 for left, right in pairwise(positions)}) < 2


def _is_latin(character: str) -> bool:
    return "a" <= character <= "z"
