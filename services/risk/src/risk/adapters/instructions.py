"""Instructions to moderators, from texts/zh_CN.toml."""

from chassis import texts
from risk.domain.policy import RiskPolicy
from risk.domain.verdict import RiskCategory
from risk.domain.violation import Violation

text = texts.load("risk")


def category_name(category: RiskCategory) -> str:
    return text("category", category.name)


class ChineseInstructions:
    def for_violation(self, violation: Violation, policy: RiskPolicy) -> str:
        """What to do, why, and for which time it is."""
        return text(
            "instruction",
            violation.action.name,
            category=category_name(violation.category),
            strike=violation.strike,
            window_days=policy.strike_window_days,
            mute_hours=policy.mute_hours,
        )
