"""Groups ranked by one indicator."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from segmentation.domain.indicators import Indicator


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """`rank`: 1 plus the number of groups that do better; unknown ones share the last."""

    rank: int
    group_id: UUID
    indicator: Indicator
    previous_rank: int | None


def league(indicators: Mapping[UUID, Indicator], *, worst_first: bool = False) -> Sequence[LeagueRow]:
    """The best or the worst first, those unknown last in any case; equals by group id.

    The previous rank is that by `previous_value`, among the groups known then.
    """
    places = _places(it.value for it in indicators.values())
    previous_places = _places(it.previous_value for it in indicators.values())
    unknown = len([it for it in indicators.values() if it.value is not None]) + 1
    rows = [
        LeagueRow(
            rank=unknown if it.value is None else places[it.value],
            group_id=group_id,
            indicator=it,
            previous_rank=None if it.previous_value is None else previous_places[it.previous_value],
        )
        for group_id, it in indicators.items()
    ]
    direction = -1 if worst_first else 1
    return sorted(rows, key=lambda row: (row.indicator.value is None, direction * row.rank, row.group_id))


def _places(values: Iterable[float | None]) -> dict[float, int]:
    """The best place of each value."""
    ordered = sorted((value for value in values if value is not None), reverse=True)
    return {value: place for place, value in reversed(list(enumerate(ordered, start=1)))}
