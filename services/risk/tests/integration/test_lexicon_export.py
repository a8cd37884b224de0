"""Words in portions and in order: of the fake and of PostgreSQL alike."""

from uuid import UUID

import pytest

from risk.application import export_words
from risk.application.ports import Transactions
from risk.application.put_words import put_words

from ..samples import EDITOR, NORMALISER, blocked
from ..unit.fakes import FakeTransactions
from .conftest import SCREENERS

IN_ORDER = ["Zb", "aa", "乙", "甲", "𠮷"]


@pytest.fixture(params=["fake", "sql"])
def transactions(request: pytest.FixtureRequest) -> Transactions:
    return FakeTransactions() if request.param == "fake" else request.getfixturevalue("sql_transactions")


@pytest.mark.parametrize("with_shipped", [False, True])
async def test_words_are_taken_elsewhere_in_portions(
    transactions: Transactions, tenant_id: UUID, monkeypatch: pytest.MonkeyPatch, with_shipped: bool
) -> None:
    monkeypatch.setattr(export_words, "WORDS_AT_ONCE", 2)
    taken: list[str] = []
    async with transactions(tenant_id) as uow:
        await put_words(uow, NORMALISER, [blocked(text) for text in sorted(IN_ORDER, reverse=True)], EDITOR)
        has_more = True
        while has_more:
            after = taken[-1] if taken else ""
            portion = await export_words.export_words(uow, SCREENERS, after, with_shipped)
            assert len(portion.words) <= 2
            assert portion.version == 2
            taken += [word.text for word in portion.words]
            has_more = portion.has_more
    own = [text for text in taken if text in IN_ORDER]
    assert (own, taken == own) == (IN_ORDER, not with_shipped)
