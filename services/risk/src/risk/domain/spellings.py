"""How else a word can be written: other names, parts of its characters, the same sound.

All but the sound become further forms of the word, so that looking for them costs nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, combinations

_MOST_FORMS = 64
_LEET = str.maketrans("oieas", "01345")
_LEET_WORD = re.compile(r"[a-z]{4,}")
_LEET_LETTER = re.compile(r"[oieas]")
_SPELT_OUT_SYLLABLES = 3
_FIRST_SOUND = 0xE000
_LAST_READ = 0xD7FF
_DIGIT_READINGS = ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu")


@dataclass(frozen=True)
class Spellings:
    """`readings`: character to syllable without tone. `splits`: character to its parts in a row.

    `equivalents`: groups of compact forms that name the same thing, such as 微信 and vx.
    """

    readings: Mapping[str, str] = field(default_factory=dict)
    splits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    equivalents: Sequence[Sequence[str]] = ()

    def sound(self, compact: str) -> str:
        """One code point per code point: the same one for the same syllable, others as they are."""
        return compact.translate(self._sounds)

    def forms(self, compact: str, splits: bool, homophones: bool) -> set[str]:
        """Other compact forms of a word, at most 64; its own is not among them."""
        named = [compact, *self._renamed(compact)]
        ways: list[Iterable[str]] = [named, chain.from_iterable(map(_leet, named))]
        if splits:
            ways += [self._taken_apart(name) for name in named]
        if homophones:
            ways.append(self._spelt_out(compact))
        forms: set[str] = set()
        for form in chain.from_iterable(ways):
            if len(forms) == _MOST_FORMS:
                break
            if form != compact:
                forms.add(form)
        return forms

    @cached_property
    def _sounds(self) -> str:
        """By code point, what is written for its sound; one beyond the end stays as it is."""
        digits = {str(digit): syllable for digit, syllable in enumerate(_DIGIT_READINGS)}
        numbers = {
            syllable: n for n, syllable in enumerate(sorted({*self.readings.values(), *digits.values()}))
        }
        sounds = list(map(chr, range(_LAST_READ + 1)))
        for character, syllable in chain(self.readings.items(), digits.items() if self.readings else ()):
            sounds[ord(character)] = chr(_FIRST_SOUND + numbers[syllable])
        return "".join(sounds)

    def _renamed(self, compact: str) -> Iterator[str]:
        for group in self.equivalents:
            named = next((name for name in group if name in compact), None)
            if named is not None and named != compact:
                yield from (compact.replace(named, other) for other in group if other != named)

    def _taken_apart(self, compact: str) -> Iterator[str]:
        """Every character alone, then all together."""
        whole = list(compact)
        for position, character in enumerate(compact):
            for parts in self.splits.get(character, ()):
                yield "".join([*whole[:position], parts, *whole[position + 1 :]])
        for choice in (0, -1):
            yield "".join((self.splits.get(character) or [character])[choice] for character in compact)

    def _spelt_out(self, compact: str) -> Iterator[str]:
        syllables = [self.readings[character] for character in compact if character in self.readings]
        if len(syllables) == len(compact) >= _SPELT_OUT_SYLLABLES:
            yield "".join(syllables)


def _leet(form: str) -> Iterator[str]:
    """Digits for the letters they look like, in Latin words of four letters or more."""
    letters = [
        run.start() + letter.start()
        for run in _LEET_WORD.finditer(form)
        for letter in _LEET_LETTER.finditer(run[0])
    ]
    for count in range(1, min(len(letters), 3) + 1):
        for chosen in combinations(letters, count):
            yield "".join(c.translate(_LEET) if at in chosen else c for at, c in enumerate(form))
