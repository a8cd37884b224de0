import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from segmentation.domain.policy import RfmCuts
from segmentation.domain.rfm import RfmFigures, propose_cuts, score

from ..samples import NOW

ORDERS = Path(__file__).parents[5] / "shared" / "data" / "orders"
ORACLE = ORDERS / "oracle_cdnow_sample_quintiles.csv"
AS_OF = datetime(1998, 7, 1, tzinfo=UTC)


def test_scores_count_the_cut_points_reached() -> None:
    cuts = RfmCuts((180, 90, 60, 30), (2, 3, 5, 10), (100, 200, 300, 400))
    best = score(RfmFigures(30, 10, 400), cuts, NOW)
    assert (best.recency, best.frequency, best.monetary) == (5, 5, 5)
    middle = score(RfmFigures(31, 4, 199), cuts, NOW)
    assert (middle.recency, middle.frequency, middle.monetary) == (4, 3, 2)
    none = score(RfmFigures(None, 0, 0), cuts, NOW)
    assert (none.recency, none.frequency, none.monetary) == (1, 1, 1)


def test_equal_buyers_stay_together() -> None:
    """Nine of ten buyers bought once: they cannot be told apart, so they all score the least."""
    buyers = [RfmFigures(10, 1, 5_000)] * 9 + [RfmFigures(1, 7, 90_000)]
    cuts = propose_cuts(buyers)
    scores = {score(buyer, cuts, NOW).frequency for buyer in buyers[:9]}
    assert scores == {1}
    assert score(buyers[9], cuts, NOW).frequency == 5


@pytest.mark.skipif(not ORACLE.exists(), reason=f"needs the CDNOW sample and its oracle in {ORDERS}")
def test_quintiles_of_cdnow_agree_with_an_independent_program() -> None:
    """Row for row, ties together: 2,357 customers as of 1998-07-01, each line of the file one order."""
    buyers = cdnow_sample()
    cuts = propose_cuts(list(buyers.values()))
    expected, found = {}, {}
    for row in csv.DictReader(ORACLE.open()):
        customer = int(row["customer_id"])
        figures = buyers[customer]
        assert figures.days_since_last_order == int(row["recency_days"])
        assert figures.paid_orders == int(row["transaction_count"])
        assert figures.net_spend_minor == round(float(row["amount"]) * 100)
        expected[customer] = tuple(
            int(row[name]) for name in ("recency_score", "frequency_score", "monetary_score")
        )
        scored = score(figures, cuts, AS_OF)
        found[customer] = (scored.recency, scored.frequency, scored.monetary)

    assert len(expected) == 2_357
    differing = {it: (found[it], expected[it]) for it in expected if found[it] != expected[it]}
    assert not differing


def cdnow_sample() -> dict[int, RfmFigures]:
    last: dict[int, datetime] = {}
    amounts: dict[int, list[int]] = {}
    for line in (ORDERS / "CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, _, dollars = line.split()
        paid_at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        last[int(customer)] = max(last.get(int(customer), paid_at), paid_at)
        amounts.setdefault(int(customer), []).append(round(float(dollars) * 100))
    return {
        customer: RfmFigures((AS_OF - last[customer]).days, len(paid), sum(paid))
        for customer, paid in amounts.items()
    }
