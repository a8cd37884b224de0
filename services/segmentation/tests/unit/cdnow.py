"""The CDNOW sample, and what the literature says about it."""

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from segmentation.domain.predictions import BuyerHistories

SAMPLE = Path(__file__).parents[5] / "shared" / "data" / "orders" / "CDNOW_sample.txt"
CALIBRATION_ENDS = date(1997, 9, 30)
HOLDOUT_ENDS = date(1998, 6, 30)


def purchases() -> dict[int, dict[date, int]]:
    """Of each customer, cents by day; what was bought on one day is one purchase."""
    found: defaultdict[int, defaultdict[date, int]] = defaultdict(lambda: defaultdict(int))
    for line in SAMPLE.read_text().splitlines():
        _, customer, day, _, dollars = line.split()
        found[int(customer)][datetime.strptime(day, "%Y%m%d").date()] += round(float(dollars) * 100)  # noqa: DTZ007
    return {customer: dict(days) for customer, days in found.items()}


def histories(today: date, earlier: date | None = None) -> BuyerHistories:
    """As of `today`, and as of `earlier`."""
    rows = []
    for customer, days in sorted(purchases().items()):
        known = {day: cents for day, cents in days.items() if day <= today}
        if known:
            rows.append((UUID(int=customer), *_history(known, today), *_back(known, earlier), len(known), 0))
    return BuyerHistories(*(list(column) for column in zip(*rows, strict=True)))


def _history(days: dict[date, int], today: date) -> tuple[int, int, int, float]:
    first, repeats = min(days), len(days) - 1
    value = sum(cents for day, cents in days.items() if day > first) / repeats if repeats else 0
    return repeats, (max(days) - first).days, (today - first).days, value


def _back(days: dict[date, int], earlier: date | None) -> tuple[int | None, int | None, int | None, int]:
    known = {day: cents for day, cents in days.items() if earlier and day <= earlier}
    if not earlier or not known:
        return None, None, None, 0
    repeats, recency, age, _ = _history(known, earlier)
    return repeats, recency, age, len(days) - len(known)
