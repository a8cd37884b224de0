"""The service equals the oracle on whatever history hypothesis thinks of, however it arrives."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from . import indicators, tiers
from .conftest import NewService
from .histories import EXAMPLES, GROUPS, NOW, histories
from .history import Did, History

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


@EXAMPLES
@given(made=histories(), window=windows(), groups=st.sets(st.sampled_from(GROUPS), min_size=1))
async def test_cohorts_and_funnel(
    new_service: NewService, made: tuple[History, list[Did]], window: indicators.Window, groups: set[str]
) -> None:
    history, arriving = made
    service = await new_service(history.zone.key)
    await service.record(arriving, NOW)
    await service.deliver(history.delivered)
    asked = sorted(groups)
    for cohort in await service.cohorts(asked, window, (1, 7, 30), NOW):
        assert cohort.joined == indicators.cohort(history, asked, cohort.week)
        for cell in cohort.cells:
            week = indicators.week(cohort.week)
            counted = [indicators.retention(history, group, week, cell.day, NOW) for group in asked]
            assert (cell.retained, cell.eligible) == tuple(map(sum, zip(*counted, strict=True)))
    assert tuple(await service.funnel(asked, window)) == indicators.funnel(history, asked, window)
