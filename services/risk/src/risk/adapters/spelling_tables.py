"""The tables of how characters can be written otherwise, made by tools/spelling_tables.py."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files

from risk.domain.normal_form import Normaliser
from risk.domain.spellings import Spellings

_DATA = files("risk").joinpath("data")


def lookalikes() -> dict[str, str]:
    """Character of another script, or radical, to the letter or ideograph it looks like."""
    return {written: meant for meant, alike in _lines("lookalikes.txt") for written in alike}


def spellings(normaliser: Normaliser) -> Spellings:
    """Readings, splits and equivalents in the compact form; takes 20 ms."""
    equivalents = tomllib.loads(_DATA.joinpath("equivalents_zh.toml").read_text("utf-8"))["equivalents"]
    return Spellings(
        readings={character: syllable for syllable, alike in _lines("readings.txt") for character in alike},
        splits={
            character: sorted({normaliser.compact(parts) for parts in written.split()})
            for character, written in _lines("splits.txt")
        },
        equivalents=[[normaliser.compact(name) for name in group.split()] for group in equivalents],
    )


def _lines(name: str) -> Iterator[tuple[str, str]]:
    for line in _DATA.joinpath(name).read_text("utf-8").splitlines():
        key, _, values = line.partition(" ")
        yield key, values
