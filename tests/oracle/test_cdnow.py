"""The service equals the oracle on every order of CDNOW."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from . import tiers
from .conftest import NewService
from .real_data import cdnow, history, needs_cdnow

ZONE = "Asia/Shanghai"


@needs_cdnow
async def test_tiers_and_rfm_of_cdnow(new_service: NewService) -> None:
    """As of the day after the last order, all 23,570 customers; the orders come shuffled."""
    done = cdnow()
    now = datetime(1998, 7, 1, tzinfo=UTC)
    story = history(done, ZONE)
    service = await new_service(ZONE)
    await service.record(Random(7).sample(done, len(done)), now)

    members = await service.members(story.members, now)
    found = {
        name: (it.tier and it.tier.tier.name, it.rfm.recency, it.rfm.frequency, it.rfm.monetary)
        for name, it in members.items()
    }
    expected = {name: (tiers.tier(story, name, now), *tiers.rfm(story, name, now)) for name in story.members}
    assert len(found) == 23_570
    assert {name: (found[name], expected[name]) for name in expected if found[name] != expected[name]} == {}
