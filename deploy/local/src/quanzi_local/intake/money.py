"""Amounts as people write them, to minor units, exactly."""

from __future__ import annotations

import re
from decimal import Decimal

from quanzi_local.intake.rows import InvalidField

# ISO 4217: currencies whose minor unit is not a hundredth.
WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
EXPONENTS = dict.fromkeys(WITHOUT_DECIMALS.split(), 0) | dict.fromkeys(WITH_THREE.split(), 3)
PLAIN = re.compile(r"[+-]?\d{1,15}(\.\d+)?", re.ASCII)


def to_minor(amount: str, currency: str) -> int:
    """`"11.77", "CNY"` → 1177. Raises InvalidField for anything but a plain number the currency can hold."""
    text = amount.strip()
    if not PLAIN.fullmatch(text):
        raise InvalidField("INVALID_AMOUNT", "amount", f"{amount!r} is not a plain number such as 1234.50")
    exponent = EXPONENTS.get(currency, 2)
    minor = Decimal(text).scaleb(exponent)
    if minor != minor.to_integral_value():
        raise InvalidField("INEXACT_AMOUNT", "amount", f"{currency} has {exponent} decimals, {text} has more")
    return int(minor)
