"""A brand's groups over four weeks: the rhythm of hours and days, natural noise, and three planted crises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from risk.domain.opinion_counts import EVERYWHERE, HOUR, Opinion

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 10, 4, 16, tzinfo=UTC)  # Monday midnight there
LEARNT, WATCHED = timedelta(days=14), timedelta(days=14)
GROUPS = 12
MINUTE = timedelta(minutes=1)
# Messages of a group in an hour of the day, about.
_DAY = (3, 1, 1, 1, 1, 2, 6, 14, 20, 26, 28, 30, 34, 28, 24, 24, 26, 28, 32, 40, 48, 46, 28, 12)
_WEEKEND, _SWAY, _NOISE = 1.3, 60, 0.35
_SALES, _GRUMBLERS = 6, 8


class Voices(Protocol):
    """Messages of which the true sentiment is known, as the models judge them."""

    def draw(self, group: int, negative: bool, chance: Random) -> tuple[float, bool]:
        """(probability of being negative, whether it is a complaint) of one said in a group."""
        ...


@dataclass(frozen=True, slots=True)
class Crisis:
    """Something happened: in `groups`, where for the time the share of negatives rises and more is said."""

    name: str
    groups: Sequence[int]
    start: datetime
    lasts: timedelta
    share: float
    loudness: float
    creeps: bool = False

    def strength(self, at: datetime) -> float:
        """0 to 1: one that creeps grows until its end."""
        if not self.start <= at < self.start + self.lasts:
            return 0.0
        return (at - self.start) / self.lasts if self.creeps else 1.0


@dataclass(frozen=True, slots=True)
class Stream:
    """Everything that is said, by a seed."""

    voices: Voices
    seed: int

    @property
    def groups(self) -> list[UUID]:
        return [UUID(int=number + 1) for number in range(GROUPS)]

    @property
    def crises(self) -> list[Crisis]:
        chance = Random(f"crises {self.seed}")
        watched = BEGIN + LEARNT
        one, two = chance.sample(range(GROUPS), 2)
        evening, noon = timedelta(hours=20, minutes=chance.randrange(60)), timedelta(hours=12)
        return [
            Crisis("a bad batch, in a group", [one], watched + timedelta(days=3) + evening, 2 * HOUR, 0.7, 3),
            Crisis(
                "a delay that annoys more and more, in a group",
                [two],
                watched + timedelta(days=6, hours=14),
                6 * HOUR,
                0.75,
                1.3,
                creeps=True,
            ),
            Crisis(
                "a payment failure, everywhere",
                range(GROUPS),
                watched + timedelta(days=10) + noon,
                3 * HOUR,
                0.45,
                1.5,
            ),
        ]

    def hours(self) -> Iterator[tuple[datetime, list[Opinion]]]:
        """In order, each with what is said in it."""
        chance = Random(self.seed)
        groups, crises = self.groups, self.crises
        usual = [chance.uniform(0.08, 0.22) for _ in groups]
        size = [chance.lognormvariate(0, 0.5) for _ in groups]
        hours = int((LEARNT + WATCHED) / HOUR)
        sales = {(chance.randrange(GROUPS), chance.randrange(hours)) for _ in range(_SALES)}
        grumbling = {(chance.randrange(GROUPS), chance.randrange(hours)) for _ in range(_GRUMBLERS)}
        for number in range(hours):
            at = BEGIN + HOUR * number
            local = at.astimezone(ZONE)
            rhythm = _DAY[local.hour] * (_WEEKEND if local.weekday() >= 5 else 1)
            said: list[Opinion] = []
            for group, group_id in enumerate(groups):
                share = chance.betavariate(usual[group] * _SWAY, (1 - usual[group]) * _SWAY)
                loud = size[group] * chance.lognormvariate(0, _NOISE)
                loud *= 4 if (group, number) in sales else 1
                said += self._hour(group, group_id, at, rhythm * loud, share, crises, chance)
                if (group, number) in grumbling:
                    start = at + MINUTE * chance.randrange(50)
                    said += [self._one(group, group_id, start + MINUTE * n, True, chance) for n in range(5)]
            yield at, said

    def _hour(
        self,
        group: int,
        group_id: UUID,
        at: datetime,
        messages: float,
        share: float,
        crises: Sequence[Crisis],
        chance: Random,
    ) -> Iterator[Opinion]:
        for minute in range(60):
            moment = at + MINUTE * minute
            rate, negative = messages / 60, share
            for crisis in crises:
                if group in crisis.groups and (strength := crisis.strength(moment)):
                    rate *= 1 + (crisis.loudness - 1) * strength
                    negative += (crisis.share - negative) * strength
            for _ in range(_poisson(rate, chance)):
                yield self._one(group, group_id, moment, chance.random() < negative, chance)

    def _one(self, group: int, group_id: UUID, at: datetime, negative: bool, chance: Random) -> Opinion:
        probability, is_complaint = self.voices.draw(group, negative, chance)
        return Opinion(group_id, at, probability, is_complaint)

    def scopes(self, crisis: Crisis) -> set[UUID]:
        """Where it may be noticed."""
        return {EVERYWHERE, *(self.groups[number] for number in crisis.groups)}


def _poisson(mean: float, chance: Random) -> int:
    """By the waiting times of an exponential clock."""
    count, waited = 0, chance.expovariate(1.0)
    while waited < mean:
        count += 1
        waited += chance.expovariate(1.0)
    return count
