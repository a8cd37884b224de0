"""The tenant takes back words of its own.

A word shipped with the service is not removed but overridden, by allowing it.
"""

from collections.abc import Sequence
from datetime import datetime

from risk.application.ports import UnitOfWork
from risk.application.put_words import LexiconChange, counted
from risk.domain.normal_form import Normaliser


async def remove_words(
    uow: UnitOfWork, normaliser: Normaliser, texts: Sequence[str], now: datetime
) -> LexiconChange:
    """Words not there are ignored."""
    removed = await uow.words.remove({normaliser.compact(text) for text in texts})
    return await counted(uow, removed, now)
