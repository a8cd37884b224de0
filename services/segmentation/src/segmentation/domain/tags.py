"""Tags set by rules, and what staff says of them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from segmentation.domain.conditions import Condition, check, tests_tags
from segmentation.domain.errors import InvalidTagRule


class TagJudgement(IntEnum):
    """Numbered as in quanzi.segmentation.v1.TagJudgement."""

    CONFIRMED = 1
    REJECTED = 2


@dataclass(frozen=True, slots=True)
class Keywords:
    """The first message with one of the words sets the tag; it stays."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagRule:
    """Sets a tag, unless it is not enabled. `when` a condition: the tag is there while it holds."""

    id: UUID
    name: str
    when: Keywords | Condition
    enabled: bool
    version: int
    updated_at: datetime

    def check(self) -> None:
        """Raises InvalidTagRule, InvalidCondition."""
        match self.when:
            case Keywords(words):
                if not all(word.strip() for word in words):
                    raise InvalidTagRule("Give words, not blanks", field="keywords.words")
            case condition:
                check(condition)
                if tests_tags(condition):
                    raise InvalidTagRule(
                        "A rule for tags cannot look at tags; test what the tags stand for", field="condition"
                    )


@dataclass(frozen=True, slots=True)
class TagCount:
    name: str
    members: int


@dataclass(frozen=True, slots=True)
class TagAccuracy:
    """Judgements of what a rule set; `unjudged`: set and still there without one. No rule: all together."""

    rule_id: UUID | None
    name: str
    confirmed: int
    rejected: int
    unjudged: int

    @property
    def accuracy(self) -> float | None:
        """0 to 1; None when nothing was judged."""
        judged = self.confirmed + self.rejected
        return self.confirmed / judged if judged else None


def overall(accuracies: Sequence[TagAccuracy]) -> TagAccuracy:
    """All rules together."""
    return TagAccuracy(
        rule_id=None,
        name="",
        confirmed=sum(it.confirmed for it in accuracies),
        rejected=sum(it.rejected for it in accuracies),
        unjudged=sum(it.unjudged for it in accuracies),
    )


@dataclass(frozen=True, slots=True)
class TagChange:
    """Tags of one member set or removed, by a rule or (None) by staff."""

    member_id: UUID
    added: tuple[str, ...]
    removed: tuple[str, ...]
    rule_id: UUID | None


def folded(text: str) -> str:
    """The form in which keywords and messages are compared: width and case do not matter."""
    return unicodedata.normalize("NFKC", text).casefold()
