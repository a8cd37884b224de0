from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanzi_local.intake.money import to_minor
from quanzi_local.intake.rows import InvalidField

CURRENCIES = [("CNY", 2), ("JPY", 0), ("KWD", 3)]


@given(st.sampled_from(CURRENCIES), st.integers(1 - 10**15, 10**15 - 1))
def test_every_amount_a_currency_can_hold_comes_back_exactly(currency: tuple[str, int], minor: int) -> None:
    code, decimals = currency
    written = f"{Decimal(minor).scaleb(-decimals):f}"
    assert to_minor(written, code) == minor


@given(st.sampled_from(CURRENCIES), st.integers(0, 10**9), st.integers(1, 9))
def test_an_amount_between_two_minor_units_is_refused(
    currency: tuple[str, int], major: int, digit: int
) -> None:
    code, decimals = currency
    with pytest.raises(InvalidField) as refused:
        to_minor(f"{major}.{'0' * decimals}{digit}", code)
    assert refused.value.code == "INEXACT_AMOUNT"


@pytest.mark.parametrize(
    "text", ["", "abc", "1,234.50", "1e3", "NaN", "Infinity", "1_000", "--1", "١٢", "1."]
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidField) as refused:
        to_minor(text, "CNY")
    assert (refused.value.code, refused.value.field) == ("INVALID_AMOUNT", "amount")


def test_trailing_zeros_are_exact() -> None:
    assert to_minor(" 12.3400 ", "CNY") == 1234
    assert to_minor("100.00", "JPY") == 100
