"""The form in which texts are compared, with the way back to the text as it was sent.

Two steps, both character by character, so that offsets stay simple:
*folded* unifies writing (width, case, traditional characters, styled letters, look-alikes of other scripts,
accents; what is invisible goes) and keeps punctuation, which links and numbers need; *compact* keeps letters
and digits alone, reads Chinese digits as digits and a plus sign as 加: "加-V 信", "➕Ｖ信" and "加v信" are
one. Most characters stay as they are: an expression finds the others, and only those are looked up.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from itertools import pairwise

_CHINESE_DIGITS = dict(zip("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789", strict=True))
# How digits are said, or drawn, in a number that is not to be recognised as one.
_SPOKEN = str.maketrans(_CHINESE_DIGITS | dict(zip("幺洞拐勾两", "10792", strict=True)))
_DRAWN = str.maketrans("oil", "011")
_LETTERS_IN_NUMBER = re.compile(r"(?<![a-z])[oil]+(?=[0-9])|(?<=[0-9])[oil]+(?![a-z])")
# What stands for a digit in a number, as a class of characters: always, and beside other digits.
CERTAIN_DIGITS = "0-9" + "".join(map(chr, _SPOKEN))
DIGITS = CERTAIN_DIGITS + "oil"
_IDEOGRAPHS = (0x4E00, 0x9FA5)
# Letters in black circles and squares, and the flags' letters: no compatibility form in Unicode.
_STYLED_ALPHABETS = (0x1F150, 0x1F170, 0x1F1E6)
_INVISIBLE = frozenset(("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"))
_KEPT_IN_COMPACT = frozenset("LN")
_FIRST_UNASSIGNED_PLANE = 0x40000
# Replaced one after the other, which is quicker than to find them by an expression.
_FREQUENT_SIGNS = " ,.!?，。！？、：；（）“”～"
_BEYOND = 0xFF


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


class _Step:
    """Translates characters one by one; most stay as they are, so an expression finds the others."""

    def __init__(self, changing: re.Pattern[str], fold: Callable[[str], str]) -> None:
        self._changing = changing
        self._table = _Table(fold)
        forms = {sign: self._form(sign) for sign in (*map(chr, range(128)), *_FREQUENT_SIGNS)}
        in_ascii = [forms[chr(code_point)] for code_point in range(128)]
        self._ascii = bytes(ord(it) if len(it) == 1 and it.isascii() else _BEYOND for it in in_ascii).ljust(
            256
        )
        self._dropped = bytes(code_point for code_point, form in enumerate(in_ascii) if not form)
        self._frequent = [(sign, forms[sign]) for sign in _FREQUENT_SIGNS if forms[sign] != sign]

    def apply(self, text: str) -> str:
        if text.isascii():
            form = text.encode("ascii").translate(self._ascii, self._dropped)
            if _BEYOND not in form:
                return form.decode("ascii")
        for sign, plain in self._frequent:
            text = text.replace(sign, plain)
        return self._changing.sub(self._translated, text)

    def origins(self, text: str) -> list[int]:
        """For every character of the translated text, the position it came from."""
        origins: list[int] = []
        end = 0
        for run in self._changing.finditer(text):
            origins += range(end, run.start())
            end = run.end()
            for position in range(run.start(), end):
                origins += [position] * len(self._table[ord(text[position])])
        origins += range(end, len(text))
        return origins

    def _form(self, character: str) -> str:
        return self._table[ord(character)] if self._changing.match(character) else character

    def _translated(self, run: re.Match[str]) -> str:
        characters = run[0]
        return self._table[ord(characters)] if len(characters) == 1 else characters.translate(self._table)


class Normaliser:
    """Folds texts; `simplified` maps traditional characters, `lookalikes` those of other scripts."""

    def __init__(self, simplified: Mapping[str, str], lookalikes: Mapping[str, str] | None = None) -> None:
        self._simplified = simplified
        self._lookalikes = lookalikes or {}
        self._folding = _Step(_none_of(" -@[-~", {*self._simplified, *self._lookalikes}), self._fold)
        self._compacting = _Step(_none_of("0-9a-z", _CHINESE_DIGITS), _compact)

    def __call__(self, text: str) -> "NormalText":
        return NormalText(text, self)

    def folded_origins(self, text: str) -> list[int]:
        """For every character of the folded form, the position in the text it came from."""
        return self._folding.origins(text)

    def compact_origins(self, folded: str) -> list[int]:
        """For every character of the compact form, the position in the folded form it came from."""
        return self._compacting.origins(folded)

    def fold(self, text: str) -> str:
        """The folded form alone."""
        return self._folding.apply(text)

    def compact_folded(self, folded: str) -> str:
        """The compact form of a folded text."""
        return self._compacting.apply(folded)

    def compact(self, text: str) -> str:
        """The compact form alone."""
        return self.compact_folded(self.fold(text))

    def _fold(self, character: str) -> str:
        if character.isspace():
            return " "
        character = self._lookalikes.get(character, character)
        digit = unicodedata.digit(character, None)
        if digit is not None:
            return str(digit)
        code_point = ord(character)
        for start in _STYLED_ALPHABETS:
            if start <= code_point < start + 26:
                return chr(ord("a") + code_point - start)
        wide = unicodedata.normalize("NFKC", character).casefold()
        return "".join(
            self._lookalikes.get(plain := _unaccented(part), self._simplified.get(plain, plain))
            for part in wide
            if unicodedata.category(part) not in _INVISIBLE
        )


def _none_of(ascii_class: str, changing: Collection[str]) -> re.Pattern[str]:
    """Runs of what is neither of these ASCII characters nor an ideograph that stays as it is."""
    first, last = _IDEOGRAPHS
    edges = sorted({first - 1, last + 1} | {code for code in map(ord, changing) if first <= code <= last})
    kept = (f"{chr(low + 1)}-{chr(high - 1)}" for low, high in pairwise(edges) if high - low > 1)
    return re.compile(f"[^{ascii_class}{''.join(kept)}]+")


def _unaccented(character: str) -> str:
    """A Latin letter without its accents; kana and Hangul are not taken apart."""
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else character


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
        self.folded = normaliser.fold(original)
        self.compact = normaliser.compact_folded(self.folded)
        self._normaliser = normaliser

    @cached_property
    def with_digits(self) -> str:
        """The folded form with digits however written read as digits, position for position."""
        digits = self.folded.translate(_SPOKEN)
        return _LETTERS_IN_NUMBER.sub(lambda letters: letters[0].translate(_DRAWN), digits)

    def span_of_folded(self, start: int, end: int) -> tuple[int, int]:
        """Half-open range of the original behind a range of the folded form."""
        return self._folded_origins[start], self._folded_origins[end - 1] + 1

    def folded_positions(self, start: int, end: int) -> list[int]:
        """Where the characters of a range of the compact form stand in the folded form."""
        return self._compact_origins[start:end]

    @cached_property
    def _folded_origins(self) -> list[int]:
        return self._normaliser.folded_origins(self.original)

    @cached_property
    def _compact_origins(self) -> list[int]:
        return self._normaliser.compact_origins(self.folded)
