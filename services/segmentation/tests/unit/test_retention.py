from datetime import UTC, date, datetime, timedelta

import pytest

from segmentation.domain.errors import TooOld
from segmentation.domain.retention import Retention, month_of

from ..samples import NOW

FIRST_KEPT = datetime(2025, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("offset", "month"),
    [(0, date(2026, 3, 1)), (-2, date(2026, 1, 1)), (-3, date(2025, 12, 1)), (10, date(2027, 1, 1))],
)
def test_months_are_counted_across_years(offset: int, month: date) -> None:
    assert month_of(NOW, offset) == month


def test_whole_months_are_kept() -> None:
    retention = Retention(13)
    assert retention.horizon(NOW) == FIRST_KEPT
    retention.check([NOW, FIRST_KEPT], NOW)
    with pytest.raises(TooOld, match="2025-02-01"):
        retention.check([NOW, FIRST_KEPT - timedelta.resolution], NOW)


def test_all_is_kept_unless_told() -> None:
    assert Retention().horizon(NOW) is None
    Retention().check([datetime(1970, 1, 1, tzinfo=UTC)], NOW)
