"""How many posts of each type, and on which day: shares met as closely as whole posts allow."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from content.domain.content_type import ContentType
from content.domain.policy import TypeRule


@dataclass(frozen=True, slots=True)
class MixDeviation:
    """Target share of a type beside what was planned. Shares 0 to 1."""

    type: ContentType
    target_share: float
    posts: int
    actual_share: float


def largest_remainder(rules: Mapping[ContentType, TypeRule], total: int) -> dict[ContentType, int]:
    """Whole posts per type that add up to `total`; ties go to the type named first."""
    exact = {content_type: rule.share * total for content_type, rule in rules.items()}
    counts = {content_type: math.floor(posts) for content_type, posts in exact.items()}
    by_remainder = sorted(exact, key=lambda content_type: counts[content_type] - exact[content_type])
    for content_type in by_remainder[: total - sum(counts.values())]:
        counts[content_type] += 1
    return counts


def spread_over_days(
    counts: Mapping[ContentType, int], days: int, posts_per_day: int
) -> list[list[ContentType]]:
    """The types of each day: `posts_per_day` each, every type as evenly over the days as its count allows.

    Each day takes the types furthest behind an even pace, so that one type does not crowd one day.
    """
    planned = dict.fromkeys(counts, 0)
    result: list[list[ContentType]] = []
    for day in range(1, days + 1):
        today: list[ContentType] = []
        for _ in range(posts_per_day):
            open_types = [
                content_type for content_type in counts if planned[content_type] < counts[content_type]
            ]
            if not open_types:
                break
            chosen = max(
                open_types,
                key=lambda content_type: (
                    -today.count(content_type),
                    counts[content_type] * day / days - planned[content_type],
                ),
            )
            planned[chosen] += 1
            today.append(chosen)
        result.append(today)
    return result


def deviations(rules: Mapping[ContentType, TypeRule], planned: Sequence[ContentType]) -> list[MixDeviation]:
    total = len(planned)
    return [
        MixDeviation(
            content_type,
            rule.share,
            planned.count(content_type),
            planned.count(content_type) / total if total else 0.0,
        )
        for content_type, rule in rules.items()
    ]
