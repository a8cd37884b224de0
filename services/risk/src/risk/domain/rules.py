"""Rules of a group (群规): what is forbidden, what is rewarded, and what is allowed so often."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from risk.domain.activity_kind import ActivityKind
from risk.domain.errors import InvalidRule
from risk.domain.ladder import LadderAction
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict

QUOTA = "quota:"
"""Begins the rule of a finding about a message above a quota; the key of the flexible rule follows."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")
_MOST_TITLE = 100
_MOST_STEPS = 10
_MOST_WORDS = 500
_LONGEST_WORD = 50
# Stickers arrive as their names in brackets, [微笑]; what is no letter and no digit may stand between them.
STICKER = "[表情]"
"""One whose name is not told."""
_STICKER = re.compile(r"\[[^\[\]\s]{1,8}\]")
_PICTURE = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")


@dataclass(frozen=True, slots=True)
class MandatoryRule:
    """强制: a finding of these categories, at least so severe, is a violation.

    An empty ladder is that of the policy. `points` are taken with each violation. Further breaches by the
    member in the group within `once_within_minutes` belong to the violation; 0: each is one.
    """

    key: str
    title: str
    categories: tuple[RiskCategory, ...]
    least_verdict: Verdict = Verdict.BLOCK
    ladder: tuple[LadderAction, ...] = ()
    points: int = 0
    once_within_minutes: int = 0
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_name(self.key, self.title)
        if not self.categories:
            raise InvalidRule("A mandatory rule needs a category", "mandatory.categories")
        if self.least_verdict is Verdict.ALLOW:
            raise InvalidRule("What is allowed breaks no rule", "mandatory.least_verdict")
        _check_ladder(self.ladder, "mandatory.ladder")
        _check("mandatory.points", self.points, 0, 10_000)
        _check("mandatory.once_within_minutes", self.once_within_minutes, 0, 44_640)

    def is_broken_by(self, finding: Finding) -> bool:
        return (
            finding.category in self.categories
            and finding.verdict >= self.least_verdict
            and not finding.overruled
            and not is_excess(finding)
        )


@dataclass(frozen=True, slots=True)
class EncouragedRule:
    """倡导: acts that earn points, so many of a member in a local day."""

    key: str
    title: str
    kinds: tuple[ActivityKind, ...]
    points: int
    daily_limit: int
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_name(self.key, self.title)
        if not self.kinds:
            raise InvalidRule("An encouraged rule needs a kind of activity", "encouraged.kinds")
        _check("encouraged.points", self.points, 1, 10_000)
        _check("encouraged.daily_limit", self.daily_limit, 1, 1_000)


@dataclass(frozen=True, slots=True)
class FlexibleRule:
    """弹性: messages with one of the words, or of stickers alone; above the quota they are flooding.

    The quota is of a member in a group, for a local day. An empty ladder is that of the policy.
    """

    key: str
    title: str
    daily_quota: int
    words: tuple[str, ...] = ()
    stickers: bool = False
    ladder: tuple[LadderAction, ...] = ()
    enabled: bool = True

    def __post_init__(self) -> None:
        _check_name(self.key, self.title)
        if not self.words and not self.stickers:
            raise InvalidRule("A flexible rule needs words or stickers", "flexible.words")
        if len(self.words) > _MOST_WORDS or not all(1 <= len(it) <= _LONGEST_WORD for it in self.words):
            raise InvalidRule(
                f"At most {_MOST_WORDS} words of 1 to {_LONGEST_WORD} characters", "flexible.words"
            )
        _check("flexible.daily_quota", self.daily_quota, 0, 1_000)
        _check_ladder(self.ladder, "flexible.ladder")

    def covers(self, text: str) -> bool:
        return any(word in text for word in self.words) or (self.stickers and is_sticker(text))

    def is_broken_by(self, finding: Finding) -> bool:
        return is_excess(finding) and finding.rule == QUOTA + self.key


PenalRule: TypeAlias = MandatoryRule | FlexibleRule
Rule: TypeAlias = MandatoryRule | EncouragedRule | FlexibleRule


def is_sticker(text: str) -> bool:
    """Whether a message says nothing but stickers and emoji."""
    rest = _PICTURE.sub("", _STICKER.sub("", text))
    return len(rest) < len(text) and not any(character.isalnum() for character in rest)


def excess(rule: str, length: int) -> Finding:
    """What is found in a text of so many code points that is above the quota of a flexible rule."""
    return Finding(RiskCategory.FLOODING, Verdict.BLOCK, Detector.FLOODING, QUOTA + rule, 0, length)


def is_excess(finding: Finding) -> bool:
    return finding.detector is Detector.FLOODING and finding.rule.startswith(QUOTA)


def _check_name(key: str, title: str) -> None:
    if _KEY.fullmatch(key) is None:
        raise InvalidRule("A key is 1 to 50 small letters, digits and _, a letter first", "key")
    if not 1 <= len(title) <= _MOST_TITLE:
        raise InvalidRule(f"A title has 1 to {_MOST_TITLE} characters", "title")


def _check_ladder(ladder: Sequence[LadderAction], field: str) -> None:
    if len(ladder) > _MOST_STEPS:
        raise InvalidRule(f"A ladder has at most {_MOST_STEPS} steps", field)


def _check(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidRule(f"{field} must be from {least} to {most}", field)
