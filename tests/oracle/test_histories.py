"""The service equals the oracle on whatever history hypothesis thinks of, however it arrives."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import indicators, tiers
from .conftest import NewService
from .histories import GROUPS, NOW, histories
from .history import Did, History

EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FIRST = date(2024, 1, 20)


@st.composite
def windows(draw: st.DrawFn) -> indicators.Window:
    first = FIRST + timedelta(days=draw(st.integers(0, 72)))
    return indicators.Window(first, first + timedelta(days=draw(st.integers(0, 40))))


@EXAMPLES
@given(made=histories(), batch=st.integers(1, 12))
async def test_tiers_and_rfm(new_service: NewService, made: tuple[History, list[Did]], batch: int) -> None:
    history, arriving = made
    service = await new_service(history.zone.key)
    await service.record(arriving, NOW, batch)
    for name, member in (await service.members(history.members, NOW)).items():
        assert member.tier is not None
        assert member.tier.tier.name == tiers.tier(history, name, NOW)
        found = (member.rfm.recency, member.rfm.frequency, member.rfm.monetary)
        assert found == tiers.rfm(history, name, NOW)


@EXAMPLES
@given(made=histories(), window=windows(), batch=st.integers(1, 12))
async def test_indicators(
    new_service: NewService, made: tuple[History, list[Did]], window: indicators.Window, batch: int
) -> None:
    history, arriving = made
    service = await new_service(history.zone.key)
    await service.record(arriving, NOW, batch)
    await service.deliver(history.delivered)
    begun = indicators.Window(window.first, min(window.last, history.day(NOW)))
    for group in GROUPS:
        measured = await service.indicators(group, window, NOW)
        if begun.first > begun.last:
            assert all(it.numerator == 0 for it in measured.indicators)
            continue
        found = {it.kind.name: (it.numerator, it.denominator) for it in measured.indicators}
        assert found == indicators.ratios(history, group, begun, NOW)
        assert measured.at_risk_of_leaving == indicators.at_risk(history, group, begun, NOW)
