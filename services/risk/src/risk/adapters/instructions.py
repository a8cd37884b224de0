"""Instructions to moderators, from texts/zh_CN.toml."""

import tomllib
from importlib.resources import files

from risk.domain.policy import RiskPolicy
from risk.domain.violation import Violation


class ChineseInstructions:
    def __init__(self) -> None:
        texts = tomllib.loads(files("risk").joinpath("texts/zh_CN.toml").read_text("utf-8"))
        self._instructions: dict[str, str] = texts["instruction"]
        self._categories: dict[str, str] = texts["category"]

    def for_violation(self, violation: Violation, policy: RiskPolicy) -> str:
        """What to do, why, and for which time it is."""
        return self._instructions[violation.action.name].format(
            category=self._categories[violation.category.name],
            strike=violation.strike,
            window_days=policy.strike_window_days,
            mute_hours=policy.mute_hours,
        )
