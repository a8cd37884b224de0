"""The lexicon's matcher on ahocorasick-rs."""

from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick, MatchKind


class AhoCorasickMatcher:
    """All occurrences of all patterns in one pass, whatever their number."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._automaton = AhoCorasick(patterns, matchkind=MatchKind.Standard, store_patterns=False)

    def find(self, text: str) -> Sequence[tuple[int, int, int]]:
        """(pattern number, start, end) in code points."""
        found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return found
