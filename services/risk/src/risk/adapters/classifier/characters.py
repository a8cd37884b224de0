"""How the classifier sees characters: several views of each, most of which no disguise changes.

*raw* as sent, *folded* without width, case and styled letters, *compact* letters and digits alone, *sound*
the syllable it is read as, *shape* the kind of character. A view gives every code point a code, 0 to leave
it out.
"""

import unicodedata
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from risk.domain.normal_form import Normaliser

Codes = NDArray[np.uint32]

CODE_POINTS = 0x20000
"""Characters beyond are seen as the last one."""
VIEWS = 6
RUNS = 5
"""The last view is that of shapes, with runs of one shape as a single code."""
_VIEW_BITS = 22
EDGE = np.uint32(0x1FFFFF)
"""Code of both ends of a text, in all views."""

# Letters and digits that are read like a syllable, as in v信 (wei) or 4 for 死.
_SYLLABLES = ("wei", "ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu", "jia")
_SPOKEN = dict(zip("v0123456789+", _SYLLABLES, strict=True))
_ALIKE_IN_MANY_ACCENTS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
_SHAPES = {"L": 1, "N": 2, "P": 3, "S": 4, "Z": 5, "C": 6, "M": 6}
_DIGIT, _LATIN, _IDEOGRAPH, _RARE, _STYLED, _EMOJI, _PAUSE = range(7, 14)
_FIRST_EMOJI = 0x1F000


def _without_accent(syllable: str) -> str:
    for long, short in _ALIKE_IN_MANY_ACCENTS:
        if long.endswith("g"):
            syllable = syllable.removesuffix(long) + short if syllable.endswith(long) else syllable
        elif syllable.startswith(long):
            syllable = short + syllable.removeprefix(long)
    return syllable


def character_views(normaliser: Normaliser, readings: Mapping[str, str]) -> Codes:
    """VIEWS by CODE_POINTS, from characters' syllables. Takes seconds: a model is stored with its views."""
    said = {**readings, **_SPOKEN}
    spoken = {character: _without_accent(syllable) for character, syllable in said.items()}
    syllables = {
        syllable: number for number, syllable in enumerate(sorted(set(spoken.values())), CODE_POINTS)
    }

    def sound(character: str) -> int:
        form = normaliser.compact(character)
        syllable = spoken.get(form[:1])
        return syllables[syllable] if syllable else _first(form)

    each: tuple[Callable[[str], int], ...] = (
        ord,
        lambda character: _first(normaliser.fold(character)),
        lambda character: _first(normaliser.compact(character)),
        sound,
        lambda character: _shape(character, normaliser.fold(character)),
    )
    characters = [chr(code_point) for code_point in range(CODE_POINTS)]
    views = np.array([[view(character) for character in characters] for view in each], dtype=np.uint32)
    views = np.vstack([views, views[-1:]])
    numbers = np.arange(VIEWS, dtype=np.uint32)[:, None] << np.uint32(_VIEW_BITS)
    return np.where(views > 0, views + numbers, 0).astype(np.uint32)


def _first(form: str) -> int:
    return ord(form[0]) if form else 0


def _shape(character: str, folded: str) -> int:
    if ord(character) >= _FIRST_EMOJI:
        return _EMOJI
    if "a" <= folded <= "z" or "0" <= folded <= "9":
        return (_DIGIT if folded.isdigit() else _LATIN) if character.isascii() else _STYLED
    if "\u4e00" <= character <= "\u9fff":
        return _IDEOGRAPH if _is_common(character) else _RARE
    if character in "，。！？、,.!?":
        return _PAUSE
    return _SHAPES[unicodedata.category(character)[0]]


def _is_common(character: str) -> bool:
    """Whether it is one of the 3,755 of the first level of GB 2312."""
    code = character.encode("gb2312", "ignore")
    return bool(code) and 0xB0 <= code[0] <= 0xD7
