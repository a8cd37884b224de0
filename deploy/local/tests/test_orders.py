from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from quanzi_local.intake.orders import OrderDefaults, order_rows
from quanzi_local.intake.rows import Record, Reject, Row

DEFAULTS = OrderDefaults("shop", "CNY")
DAY = {"member": "m1", "occurred_at": "2026-01-31", "amount": "1.00"}


def convert(*rows: Mapping[str, object], defaults: OrderDefaults = DEFAULTS) -> list[Row | Reject]:
    return list(order_rows((Record(line, "", row) for line, row in enumerate(rows, 1)), defaults))


def activity(row: Mapping[str, object], defaults: OrderDefaults = DEFAULTS) -> dict[str, Any]:
    (converted,) = convert(row, defaults=defaults)
    assert isinstance(converted, Row)
    return dict(converted.activity)


def refusal(row: Mapping[str, object]) -> tuple[str, str | None]:
    (converted,) = convert(row)
    assert isinstance(converted, Reject)
    return converted.code, converted.field


def test_an_export_row_becomes_a_paid_order() -> None:
    row = {"customer_id": "m1", "order_id": "A7", "paid_at": "2026-01-31T20:00:00+08:00", "total": "12.50"}
    assert activity(row) == {
        "kind": "order_paid",
        "source": "shop",
        "source_id": "order_paid/A7",
        "member": "m1",
        "occurred_at": "2026-01-31T12:00:00Z",
        "order": {"reference": "A7", "amount_minor": 1250, "currency": "CNY"},
    }


def test_a_refund_is_another_activity_of_the_same_order() -> None:
    refund = activity({**DAY, "kind": "order_refunded", "reference": "A7"})
    assert (refund["source_id"], refund["order"]["reference"]) == ("order_refunded/A7", "A7")
    assert refusal({**DAY, "kind": "order_refunded"}) == ("MISSING_FIELD", "reference")


def test_a_day_without_a_time_is_noon_utc() -> None:
    for written in ("2026-01-31", "20260131"):
        assert activity({**DAY, "occurred_at": written})["occurred_at"] == "2026-01-31T12:00:00Z"


def test_derived_ids_keep_equal_lines_apart_and_are_the_same_next_time() -> None:
    rows = [DAY, {**DAY, "amount": "broken"}, DAY, {**DAY, "member": "m2"}]
    ids = [row.activity["source_id"] for row in convert(*rows) if isinstance(row, Row)]
    assert ids == ["order_paid/m1/2026-01-31/1", "order_paid/m1/2026-01-31/3", "order_paid/m2/2026-01-31/1"]
    mended = [row.activity["source_id"] for row in convert(DAY, DAY, DAY) if isinstance(row, Row)]
    assert mended == [f"order_paid/m1/2026-01-31/{n}" for n in (1, 2, 3)]


def test_what_the_row_says_itself_wins() -> None:
    own = {"source": "pos", "source_id": "77", "group": "g2", "currency": "jpy", "campaign_id": "c1"}
    said = activity({**DAY, **own}, OrderDefaults("shop", "CNY", group="g1"))
    assert {name: said[name] for name in ("source", "source_id", "group", "campaign_id")} == {
        "source": "pos", "source_id": "77", "group": "g2", "campaign_id": "c1",
    }  # fmt: skip
    assert said["order"] == {"reference": "m1/2026-01-31/1", "amount_minor": 1, "currency": "JPY"}
    assert activity(DAY, OrderDefaults("shop", "CNY", group="g1"))["group"] == "g1"


@pytest.mark.parametrize(
    ("given", "minor"),
    [
        ({"amount": Decimal("0.10")}, 10),
        ({"amount": 3}, 300),
        ({"amount_minor": "7"}, 7),
        ({"amount": "0.00"}, 0),
    ],
)
def test_amounts_in_major_and_minor_units(given: dict[str, object], minor: int) -> None:
    row = {"member": "m1", "occurred_at": "2026-01-31", **given}
    assert activity(row)["order"]["amount_minor"] == minor


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"member": ""}, "MISSING_FIELD", "member"),
        ({"member": {}}, "MISSING_FIELD", "member"),
        ({"occurred_at": "2026-02-30"}, "INVALID_TIME", "occurred_at"),
        ({"occurred_at": "2026-01-31T10:00:00"}, "INVALID_TIME", "occurred_at"),
        ({"occurred_at": "yesterday"}, "INVALID_TIME", "occurred_at"),
        ({"amount": None}, "MISSING_FIELD", "amount"),
        ({"amount": []}, "INVALID_AMOUNT", "amount"),
        ({"amount": True}, "INVALID_AMOUNT", "amount"),
        ({"amount": "1.001"}, "INEXACT_AMOUNT", "amount"),
        ({"amount_minor": "1.5"}, "INVALID_AMOUNT", "amount_minor"),
        ({"kind": "message"}, "INVALID_KIND", "kind"),
    ],
)
def test_a_row_that_cannot_be_an_order_says_field_and_reason(
    change: dict[str, object], code: str, field: str
) -> None:
    assert refusal({**DAY, **change}) == (code, field)
