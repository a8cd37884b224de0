"""Risky words in the portions that WeCom's own console takes (敏感词、防骚扰)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from risk.application.ports import Screeners, UnitOfWork
from risk.domain.verdict import RiskCategory, Verdict


class KeywordTarget(Enum):
    """Where keywords go: how many lists, of how many words each."""

    INTERCEPT_RULES = 100, 300
    ANTI_SPAM = len(RiskCategory), 1_000

    @property
    def lists(self) -> int:
        return self.value[0]

    @property
    def words(self) -> int:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class KeywordList:
    """Words of one category; `number` counts its lists from 1."""

    category: RiskCategory
    number: int
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Keywords:
    lists: Sequence[KeywordList]
    left_out: int
    version: int


async def export_keywords(uow: UnitOfWork, screeners: Screeners, target: KeywordTarget) -> Keywords:
    """Blocked words first, then doubtful ones, as far as there is room; allowed ones WeCom does not know."""
    lexicon = (await screeners.current(uow.tenant_id, uow.words)).lexicon
    by_category: defaultdict[RiskCategory, list[str]] = defaultdict(list)
    for verdict in (Verdict.BLOCK, Verdict.REVIEW):
        for word in lexicon.words:
            if word.verdict is verdict and word.category is not None:
                by_category[word.category].append(word.text)
    portions = [
        KeywordList(category, start // target.words + 1, words[start : start + target.words])
        for category, words in by_category.items()
        for start in range(0, len(words), target.words)
    ]
    if target is KeywordTarget.ANTI_SPAM:
        portions = [portion for portion in portions if portion.number == 1]
    kept = sorted(portions, key=lambda portion: (portion.number, portion.category))[: target.lists]
    total = sum(map(len, by_category.values()))
    return Keywords(kept, total - sum(len(portion.words) for portion in kept), lexicon.version)
