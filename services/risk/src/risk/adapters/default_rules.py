"""The rules shipped with the service."""

import tomllib
from functools import cache
from importlib.resources import files

from risk.adapters.rule_codec import rule_of
from risk.domain.rule_set import RuleSet


@cache
def default_rule_set() -> RuleSet:
    """Version 0: the rules of src/risk/data/rules_zh.toml, in its order."""
    data = tomllib.loads(files("risk").joinpath("data/rules_zh.toml").read_text("utf-8"))
    return RuleSet(version=0, rules=tuple(rule_of(rule) for rule in data["rules"]))
