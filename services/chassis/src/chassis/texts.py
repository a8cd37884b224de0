"""Texts for people: `texts/<language>.toml` of a service, sections of keys, names in braces filled in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


class MissingText(LookupError):
    """The file has no such text, or the text names a value that was not given."""


@dataclass(frozen=True, slots=True)
class Texts:
    source: str
    sections: Mapping[str, Mapping[str, str]]

    def __call__(self, section: str, key: str, **values: object) -> str:
        """Raises MissingText."""
        try:
            return self.sections[section][key].format(**values)
        except KeyError as missing:
            raise MissingText(f"{self.source}: no {missing} for [{section}] {key}") from missing


@cache
def load(package: str, language: str = "zh_CN") -> Texts:
    """`text = load("content")`, then `text("gap", "DAILY_CAP", daily_cap=5)`."""
    path = f"texts/{language}.toml"
    return Texts(f"{package}/{path}", tomllib.loads(files(package).joinpath(path).read_text("utf-8")))
