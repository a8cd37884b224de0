"""The service equals the oracle on every message of a public group chat."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from segmentation.domain.indicator_policy import IndicatorKind

from . import indicators, tiers
from .conftest import NewService
from .real_data import chat, history, needs_chat

ZONE = "Asia/Shanghai"


@needs_chat
async def test_tiers_and_indicators_of_a_group_chat(new_service: NewService) -> None:
    """As of an hour after the last message; windows of a day, a week and a month all along the 103 days."""
    done = chat()
    story = history(done, ZONE)
    [group] = {did.group for did in done if did.group}
    now = story.done[-1].at + timedelta(hours=1)
    service = await new_service(ZONE)
    await service.record(Random(7).sample(done, len(done)), now)

    members = await service.members(story.members, now)
    found = {name: it.tier and it.tier.tier.name for name, it in members.items()}
    expected = {name: tiers.tier(story, name, now) for name in story.members}
    assert {name: (found[name], expected[name]) for name in expected if found[name] != expected[name]} == {}

    busy = sorted({story.day(did.at) for did in story.done})
    for last, days in zip(busy[::6], [1, 7, 30] * len(busy), strict=False):
        window = indicators.Window(last - timedelta(days=days - 1), last)
        measured = await service.indicators(group, window, now)
        ratios = {it.kind.name: (it.numerator, it.denominator) for it in measured.indicators}
        assert ratios == indicators.ratios(story, group, window, now), window
        assert measured.at_risk_of_leaving == indicators.at_risk(story, group, window, now), window
    assert len(ratios) == len(IndicatorKind)
