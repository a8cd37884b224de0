"""Bad input has its typed answer, at every door, as the guide says."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from quanzi_local.home import PROJECT

from ..harness.brand import Brand, registered_brand
from ..harness.whole_platform import Platform
from .bad_input import BAD_INPUT, BadInput, as_table

pytestmark = pytest.mark.e2e

GUIDE = PROJECT / "docs" / "guides" / "bad-input.md"


@pytest.fixture(scope="module")
async def brand(running_platform: Platform) -> AsyncIterator[Brand]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "clumsy") as brand:
        await brand.group("wr-known")
        yield brand


@pytest.mark.parametrize("bad", BAD_INPUT, ids=lambda bad: f"{bad.what} at {bad.door}")
async def test_bad_input_has_its_typed_answer(brand: Brand, bad: BadInput) -> None:
    assert await bad.send(brand) == bad.answer


def test_the_guide_has_this_table() -> None:
    assert as_table() in GUIDE.read_text(encoding="utf-8"), f"put this table into {GUIDE}:\n{as_table()}"
