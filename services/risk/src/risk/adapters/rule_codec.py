"""Rules as tables of data/rules_zh.toml and objects of JSON: names of enumerations in small letters."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, assert_never

from risk.domain.activity_kind import ActivityKind
from risk.domain.ladder import LadderAction
from risk.domain.rules import EncouragedRule, FlexibleRule, MandatoryRule, Rule
from risk.domain.verdict import RiskCategory, Verdict


def rule_of(data: Mapping[str, Any]) -> Rule:
    values = {name: value for name, value in data.items() if name != "level"}
    match data["level"]:
        case "mandatory":
            categories = tuple(RiskCategory[name.upper()] for name in values.pop("categories"))
            least = Verdict[values.pop("least_verdict", "block").upper()]
            return MandatoryRule(categories=categories, least_verdict=least, ladder=_ladder(values), **values)
        case "encouraged":
            kinds = tuple(ActivityKind[name.upper()] for name in values.pop("kinds"))
            return EncouragedRule(kinds=kinds, **values)
        case "flexible":
            words = tuple(values.pop("words", ()))
            return FlexibleRule(words=words, ladder=_ladder(values), **values)
        case level:
            raise ValueError(f"no level of rules: {level}")


def rule_to_data(rule: Rule) -> dict[str, Any]:
    named = {"key": rule.key, "title": rule.title, "enabled": rule.enabled}
    match rule:
        case MandatoryRule():
            return named | {
                "level": "mandatory",
                "categories": _names(rule.categories),
                "least_verdict": rule.least_verdict.name.lower(),
                "ladder": _names(rule.ladder),
                "points": rule.points,
                "once_within_minutes": rule.once_within_minutes,
            }
        case EncouragedRule():
            return named | {
                "level": "encouraged",
                "kinds": _names(rule.kinds),
                "points": rule.points,
                "daily_limit": rule.daily_limit,
            }
        case FlexibleRule():
            return named | {
                "level": "flexible",
                "words": list(rule.words),
                "stickers": rule.stickers,
                "daily_quota": rule.daily_quota,
                "ladder": _names(rule.ladder),
            }
        case never:
            assert_never(never)


def _ladder(values: dict[str, Any]) -> tuple[LadderAction, ...]:
    return tuple(LadderAction[name.upper()] for name in values.pop("ladder", ()))


def _names(members: Sequence[IntEnum]) -> list[str]:
    return [member.name.lower() for member in members]
