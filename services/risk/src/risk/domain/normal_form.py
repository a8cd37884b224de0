"""The form in which texts are compared, with the way back to the text as it was sent.

Two steps, both character by character, so that offsets stay simple:
*folded* unifies writing (width, case, traditional characters, circled and styled letters; what is invisible
goes) and keeps punctuation, which links and numbers need; *compact* keeps letters and digits
alone, reads Chinese digits as digits and a plus sign as 加, so that "加-V 信", "➕Ｖ信" and "加v信" are one.
"""

import unicodedata
from collections.abc import Callable, Mapping
from functools import cached_property

_CHINESE_DIGITS = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789", strict=True))
# Letters in black circles and squares, and the flags' letters: no compatibility form in Unicode.
_STYLED_ALPHABETS = (0x1F150, 0x1F170, 0x1F1E6)
_INVISIBLE = frozenset(("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"))
_KEPT_IN_COMPACT = frozenset("LN")
_FIRST_UNASSIGNED_PLANE = 0x40000


class _Table(dict[int, str]):
    """A translation table that learns a character when it first meets it."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        super().__init__()
        self._fold = fold

    def __missing__(self, code_point: int) -> str:
        folded = self._fold(chr(code_point))
        if code_point < _FIRST_UNASSIGNED_PLANE:
            self[code_point] = folded
        return folded


class Normaliser:
    """Folds texts; `simplified` maps traditional characters to simplified ones."""

    def __init__(self, simplified: Mapping[str, str]) -> None:
        self._simplified = simplified
        self.folding = _Table(self._fold)
        self.compacting = _Table(_compact)

    def __call__(self, text: str) -> "NormalText":
        return NormalText(text, self)

    def compact(self, text: str) -> str:
        """The compact form alone."""
        return text.translate(self.folding).translate(self.compacting)

    def _fold(self, character: str) -> str:
        if character.isspace():
            return " "
        digit = unicodedata.digit(character, None)
        if digit is not None:
            return str(digit)
        code_point = ord(character)
        for start in _STYLED_ALPHABETS:
            if start <= code_point < start + 26:
                return chr(ord("a") + code_point - start)
        wide = unicodedata.normalize("NFKC", character).casefold()
        return "".join(
            self._simplified.get(part, part) for part in wide if unicodedata.category(part) not in _INVISIBLE
        )


def _compact(character: str) -> str:
    if character in "+➕":
        return "加"
    if unicodedata.category(character)[0] not in _KEPT_IN_COMPACT:
        return ""
    return _CHINESE_DIGITS.get(character, character)


class NormalText:
    """One text in its forms; the way back is only worked out when something was found."""

    __slots__ = ("__dict__", "_normaliser", "compact", "folded", "original")

    def __init__(self, original: str, normaliser: Normaliser) -> None:
        self.original = original
        self.folded = original.translate(normaliser.folding)
        self.compact = self.folded.translate(normaliser.compacting)
        self._normaliser = normaliser

    @cached_property
    def with_digits(self) -> str:
        """The folded form with Chinese digits read as digits, position for position."""
        return "".join(_CHINESE_DIGITS.get(character, character) for character in self.folded)

    def span_of_folded(self, start: int, end: int) -> tuple[int, int]:
        """Half-open range of the original behind a range of the folded form."""
        return self._folded_origins[start], self._folded_origins[end - 1] + 1

    def folded_positions(self, start: int, end: int) -> list[int]:
        """Where the characters of a range of the compact form stand in the folded form."""
        return self._compact_origins[start:end]

    @cached_property
    def _folded_origins(self) -> list[int]:
        return _origins(self.original, self._normaliser.folding)

    @cached_property
    def _compact_origins(self) -> list[int]:
        return _origins(self.folded, self._normaliser.compacting)


def _origins(text: str, table: _Table) -> list[int]:
    """For every character of the translated text, the position it came from."""
    return [position for position, character in enumerate(text) for _ in table[ord(character)]]
