"""Names of members that pass for names of the staff (冒充员工)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from uuid import UUID

from risk.domain.normal_form import Normaliser
from risk.domain.verdict import Verdict

_LONGEST = 30
# A shorter name is like many others by chance.
_SHORTEST = 2
_SHORTEST_NEAR = 3
_SHORTEST_SPELT_OUT = 4
_DIGITS = dict(
    zip("0123456789", ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"), strict=True)
)


class Likeness(IntEnum):
    """How a name is like another, the numbers of the contract; the closest one counts."""

    SAME = 1
    LOOKALIKE = 2
    DECORATED = 3
    SOUND = 4
    NEAR = 5

    @property
    def verdict(self) -> Verdict:
        """Nobody looks like somebody else, or calls himself 官方, by chance."""
        deliberate = self in (Likeness.LOOKALIKE, Likeness.DECORATED)
        return Verdict.BLOCK if deliberate else Verdict.REVIEW


@dataclass(frozen=True, slots=True)
class StaffName:
    """One of the names of a staff member."""

    staff_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Imitation:
    """Whose name, and how it is imitated."""

    of: StaffName
    likeness: Likeness


@dataclass(frozen=True)
class Naming:
    """How names are brought into comparable forms; `decorations` in the compact form."""

    normaliser: Normaliser
    readings: Mapping[str, str]
    decorations: Sequence[str]

    def compact(self, name: str) -> str:
        return self.normaliser.compact(name[:_LONGEST])

    def bare(self, compact: str) -> str:
        """Without 官方, 客服, 老师 and the like around it, as long as two characters are left."""
        around = self._around
        while (found := around.search(compact)) and len(compact) - len(found[0]) >= _SHORTEST:
            compact = compact[: found.start()] + compact[found.end() :]
        return compact

    def sound(self, bare: str) -> str:
        """In pinyin without tones: 李明 and "Li Ming" are one. Empty for what is too short to tell."""
        spelt = "".join(_DIGITS.get(it) or self.readings.get(it, it) for it in bare)
        return spelt if len(bare) >= _SHORTEST and len(spelt) >= _SHORTEST_SPELT_OUT else ""

    @cached_property
    def _around(self) -> re.Pattern[str]:
        """A decoration at the beginning or the end; the longest of several."""
        either = "|".join(map(re.escape, sorted(self.decorations, key=len, reverse=True)))
        return re.compile(f"^(?:{either})|(?:{either})$")


class NameBook:
    """The names of the staff, ready to be compared with: a look-up costs the same however many there are."""

    def __init__(self, names: Iterable[StaffName], naming: Naming) -> None:
        self._naming = naming
        self._by_compact: dict[str, StaffName] = {}
        self._by_bare: dict[str, StaffName] = {}
        self._by_sound: dict[str, StaffName] = {}
        self._by_deletion: dict[str, list[tuple[str, StaffName]]] = {}
        for entry in names:
            compact = naming.compact(entry.name)
            bare = naming.bare(compact)
            self._by_compact.setdefault(compact, entry)
            self._by_bare.setdefault(bare, entry)
            if sound := naming.sound(bare):
                self._by_sound.setdefault(sound, entry)
            if len(bare) >= _SHORTEST_NEAR:
                for form in _deletions(bare):
                    self._by_deletion.setdefault(form, []).append((bare, entry))

    def imitated(self, name: str) -> Imitation | None:
        """The staff member's name that this one is, or passes for."""
        compact = self._naming.compact(name)
        if found := self._by_compact.get(compact):
            return Imitation(found, Likeness.SAME if found.name == name.strip() else Likeness.LOOKALIKE)
        bare = self._naming.bare(compact)
        if found := self._by_bare.get(bare):
            return Imitation(found, Likeness.DECORATED)
        if found := self._by_sound.get(self._naming.sound(bare)):
            return Imitation(found, Likeness.SOUND)
        near = self._near(bare)
        return Imitation(near, Likeness.NEAR) if near else None

    def _near(self, bare: str) -> StaffName | None:
        if len(bare) < _SHORTEST_NEAR:
            return None
        candidates = (it for form in _deletions(bare) for it in self._by_deletion.get(form, ()))
        return next((entry for other, entry in candidates if within_one(bare, other)), None)


def within_one(one: str, other: str) -> bool:
    """Whether one character more, less or other makes them the same."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest = start + (len(one) == len(other))
    return one[rest:] == other[start + 1 :]


def _deletions(form: str) -> Iterator[str]:
    """The form, and it without each of its characters: forms within one of each other share one of these."""
    yield form
    for at in range(len(form)):
        yield form[:at] + form[at + 1 :]
