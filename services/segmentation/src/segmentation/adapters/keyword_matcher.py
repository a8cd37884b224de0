"""Keywords of tag rules on ahocorasick-rs."""

from collections.abc import Sequence
from uuid import UUID

from ahocorasick_rs import AhoCorasick, MatchKind

from segmentation.domain.tags import Keywords, folded


class KeywordMatcher:
    """All words of all rules in one pass over a text, whatever their number."""

    def __init__(self, rules: Sequence[tuple[UUID, Keywords]]) -> None:
        words = [(folded(word), rule_id) for rule_id, keywords in rules for word in keywords.words]
        self._rule_ids = [rule_id for _, rule_id in words]
        self._automaton = AhoCorasick(
            [word for word, _ in words], matchkind=MatchKind.Standard, store_patterns=False
        )

    def rules_hit(self, text: str) -> frozenset[UUID]:
        found = self._automaton.find_matches_as_indexes(folded(text), overlapping=True)
        return frozenset(self._rule_ids[number] for number, _, _ in found)
