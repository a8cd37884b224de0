"""Times for which a group has too few moderators."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from risk.domain.rota_policy import RotaPolicy


@dataclass(frozen=True, slots=True)
class Cover:
    """The same moderators are on duty in a group all the time."""

    group_id: UUID
    starts_at: datetime
    ends_at: datetime
    size: int
    staff_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """A group lacks moderators; `missing` at the worst moment."""

    group_id: UUID
    starts_at: datetime
    ends_at: datetime
    missing: int

    def meets(self, gap: RotaGap) -> bool:
        """Of the same group."""
        return self.starts_at < gap.ends_at and gap.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class RotaGap:
    """A lack that was foreseen. Closed: covered, or over."""

    id: UUID
    group_id: UUID
    starts_at: datetime
    ends_at: datetime
    missing: int
    foreseen_at: datetime
    closed_at: datetime | None = None

    @property
    def covered(self) -> bool:
        return self.closed_at is not None and self.closed_at < self.ends_at

    def follow(self, lack: Lack, now: datetime) -> RotaGap:
        """As it is now; what of it has passed stays part of it."""
        starts_at = self.starts_at if self.starts_at <= now else lack.starts_at
        return replace(self, starts_at=starts_at, ends_at=lack.ends_at, missing=lack.missing)


@dataclass(frozen=True, slots=True)
class Watched:
    """What became of the gaps: `new` ones are lacks that no gap stands for yet."""

    new: Sequence[Lack]
    changed: Sequence[RotaGap]
    closed: Sequence[RotaGap]


def lacks(covers: Iterable[Cover], policy: RotaPolicy) -> list[Lack]:
    """Of covers in order of group and time; those that touch are one."""
    found: list[Lack] = []
    for cover in covers:
        missing = policy.needed(cover.size) - len(cover.staff_ids)
        if missing <= 0:
            continue
        last = found[-1] if found else None
        if last and (last.group_id, last.ends_at) == (cover.group_id, cover.starts_at):
            found[-1] = replace(last, ends_at=cover.ends_at, missing=max(last.missing, missing))
        else:
            found.append(Lack(cover.group_id, cover.starts_at, cover.ends_at, missing))
    return found


def watch(known: Collection[RotaGap], found: Iterable[Lack], now: datetime) -> Watched:
    """`known` are open. A gap goes on as long as a lack meets it, so each is told once."""
    left: dict[UUID, list[RotaGap]] = {}
    for gap in known:
        left.setdefault(gap.group_id, []).append(gap)
    new, changed = [], []
    for lack in found:
        of_group = left.get(lack.group_id, [])
        met = next((gap for gap in of_group if lack.meets(gap)), None)
        if met is None:
            new.append(lack)
            continue
        of_group.remove(met)
        if (followed := met.follow(lack, now)) != met:
            changed.append(followed)
    closed = [replace(gap, closed_at=now) for of_group in left.values() for gap in of_group]
    return Watched(new, changed, closed)
