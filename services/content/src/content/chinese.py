"""Texts for operators, from texts/zh_CN.toml."""

import tomllib
from importlib.resources import files
from typing import Any

_TEXTS: dict[str, dict[str, str]] = tomllib.loads(
    files("content").joinpath("texts/zh_CN.toml").read_text("utf-8")
)


def text(section: str, key: str, **values: Any) -> str:
    return _TEXTS[section][key].format(**values)
