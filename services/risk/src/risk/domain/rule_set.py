"""The rules of a tenant, what is different in a group, and what is in force there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from risk.domain.activity_kind import ActivityKind
from risk.domain.errors import InvalidRule
from risk.domain.rules import EncouragedRule, FlexibleRule, MandatoryRule, PenalRule, Rule
from risk.domain.verdict import Finding, RiskCategory

_MOST_RULES = 100
_LONGEST_REMINDER = 10_080


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of the tenant's rules. Version 0 is the product's, never stored."""

    version: int
    rules: tuple[Rule, ...]
    strikes_per_rule: bool = False
    # So long before its deadline a moderator task is reminded of; 0: never.
    reminder_minutes: int = 15
    changed_at: datetime | None = None
    changed_by: str = ""

    def __post_init__(self) -> None:
        _check(self.rules)
        if not 0 <= self.reminder_minutes <= _LONGEST_REMINDER:
            raise InvalidRule(
                f"reminder_minutes must be from 0 to {_LONGEST_REMINDER}", field="reminder_minutes"
            )

    def reminder_of(self, due_at: datetime, now: datetime) -> datetime | None:
        """When a deadline is reminded of; None if there is no time for it."""
        at = due_at - timedelta(minutes=self.reminder_minutes)
        return at if self.reminder_minutes and at > now else None


@dataclass(frozen=True, slots=True)
class GroupRules:
    """One version of what is different in a group. Version 0 is nothing, never stored."""

    group_id: UUID
    version: int = 0
    rules: tuple[Rule, ...] = ()
    changed_at: datetime | None = None
    changed_by: str = ""

    def __post_init__(self) -> None:
        _check(self.rules)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What is in force in a group; where several rules apply, the first one counts."""

    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, rules: Sequence[Rule], overrides: Sequence[Rule] = ()) -> "Rulebook":
        """Overrides take the place of rules of their key; the others come after all."""
        by_key = {rule.key: rule for rule in rules} | {rule.key: rule for rule in overrides}
        return cls(tuple(by_key.values()))

    def broken(self, findings: Iterable[Finding]) -> tuple[PenalRule, RiskCategory] | None:
        """The rule that findings break, with their category; of several, the first category."""
        broken = [
            (finding.category, place, rule)
            for finding in findings
            for place, rule in enumerate(self.rules)
            if rule.enabled and not isinstance(rule, EncouragedRule) and rule.is_broken_by(finding)
        ]
        if not broken:
            return None
        category, _, rule = min(broken, key=lambda it: it[:2])
        return rule, category

    def against(self, category: RiskCategory) -> MandatoryRule | None:
        """The mandatory rule about it, however severe a breach must be to be found without a person."""
        for rule in self.rules:
            if isinstance(rule, MandatoryRule) and rule.enabled and category in rule.categories:
                return rule
        return None

    def rewarding(self, kind: ActivityKind) -> EncouragedRule | None:
        for rule in self.rules:
            if isinstance(rule, EncouragedRule) and rule.enabled and kind in rule.kinds:
                return rule
        return None

    def limiting(self, text: str) -> FlexibleRule | None:
        for rule in self.rules:
            if isinstance(rule, FlexibleRule) and rule.enabled and rule.covers(text):
                return rule
        return None

    def flexible(self, key: str) -> FlexibleRule | None:
        for rule in self.rules:
            if isinstance(rule, FlexibleRule) and rule.enabled and rule.key == key:
                return rule
        return None


def _check(rules: Sequence[Rule]) -> None:
    if len(rules) > _MOST_RULES:
        raise InvalidRule(f"At most {_MOST_RULES} rules", "rules")
    keys = [rule.key for rule in rules]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            raise InvalidRule(f"Two rules have the key {key}", f"rules[{index}].key")
