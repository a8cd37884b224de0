"""Durations as people type them."""

from __future__ import annotations

import re
from datetime import timedelta

from quanzi_local.home import NotUsable

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """`90s`, `15m`, `12h`, `7d`. Raises NotUsable."""
    match = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if not match:
        raise NotUsable(f"{text!r} is no duration: write 90s, 15m, 12h or 7d")
    return timedelta(**{UNITS[match[2]]: int(match[1])})
