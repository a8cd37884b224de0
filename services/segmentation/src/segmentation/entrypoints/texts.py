"""Texts for people, from the language files of the service."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def texts(section: str, language: str = "zh_CN") -> Mapping[str, str]:
    """The texts of a section by key."""
    document = files("segmentation").joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    found: Mapping[str, str] = tomllib.loads(document)[section]
    return found
