"""How senders disguise what they write: to learn from, and to measure how well it is seen through."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from random import Random

_SEPARATORS = (" ", ".", "-", "_", "/", "*", "|", "、", "·", "~", "\u200b", "\u2060", "\u200d", "\u3000")
_EMOJI = tuple("😄🔥❤✨🌹👉💰🎉🍀🐶🚽🌈⭐😘🎁")
_FULL_WIDTH = 0xFEE0
_STYLED_LETTERS = (0x1D41A, 0x24D0, 0x1F150)
_CHANGED = 0.4
"""Share of the characters that can be changed that is."""


class Obfuscation(Enum):
    """A way to disguise a text."""

    WIDTH = "width"
    SEPARATORS = "separators"
    HOMOPHONES = "homophones"
    SPLITS = "splits"
    EMOJI = "emoji"
    LOOKALIKES = "lookalikes"


class Obfuscator:
    """Disguises by tables: character to syllable, character to its parts, look-alike to what it is like."""

    def __init__(
        self,
        readings: Mapping[str, str],
        splits: Mapping[str, Sequence[str]],
        lookalikes: Mapping[str, str],
    ) -> None:
        by_syllable: defaultdict[str, list[str]] = defaultdict(list)
        for character, syllable in readings.items():
            if _is_common(character):
                by_syllable[syllable].append(character)
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for written, meant in lookalikes.items():
            alike[meant].append(written)
        self._replacing: dict[Obfuscation, Callable[[str], Sequence[str]]] = {
            Obfuscation.WIDTH: _widths,
            Obfuscation.HOMOPHONES: lambda c: (
                [o for o in by_syllable[readings[c]] if o != c] if c in readings else []
            ),
            Obfuscation.SPLITS: lambda c: splits.get(c, ()),
            Obfuscation.LOOKALIKES: lambda c: alike.get(c.lower(), ()),
        }

    def disguise(self, text: str, way: Obfuscation, random: Random) -> str:
        """The text unchanged, if nothing in it can be written in that way."""
        if way in self._replacing:
            return self._replaced(text, self._replacing[way], random)
        return _interspersed(text, _EMOJI if way is Obfuscation.EMOJI else _SEPARATORS, random)

    @staticmethod
    def _replaced(text: str, others: Callable[[str], Sequence[str]], random: Random) -> str:
        """At least one character is replaced, if there is one that can be."""
        choices = {position: found for position, character in enumerate(text) if (found := others(character))}
        if not choices:
            return text
        always = random.choice(list(choices))
        written = list(text)
        for position, found in choices.items():
            if position == always or random.random() < _CHANGED:
                written[position] = random.choice(found)
        return "".join(written)


def _interspersed(text: str, marks: Sequence[str], random: Random) -> str:
    """One mark throughout, between characters; at least one is put in."""
    if len(text) < 2:
        return text
    mark, always = random.choice(marks), random.randrange(1, len(text))
    return text[0] + "".join(
        mark + character if position == always or random.random() < _CHANGED else character
        for position, character in enumerate(text[1:], 1)
    )


def _widths(character: str) -> list[str]:
    if not "!" <= character <= "~":
        return []
    wide = [chr(ord(character) + _FULL_WIDTH)]
    if character.isalpha():
        wide += [chr(start + ord(character.lower()) - ord("a")) for start in _STYLED_LETTERS]
    return wide


def _is_common(character: str) -> bool:
    """Whether senders have it at hand: the first level of GB 2312."""
    code = character.encode("gb2312", "ignore")
    return bool(code) and 0xB0 <= code[0] <= 0xD7
