from datetime import datetime
from uuid import UUID

from content.application.ports import Screening, Transactions
from content.domain.content_type import Verdict
from content.domain.events import ItemBlocked
from content.domain.item import Item


async def submit_item(
    transactions: Transactions,
    screening: Screening,
    tenant_id: UUID,
    item_id: UUID,
    version: int,
    now: datetime,
) -> Item:
    """Screen a draft and hand it in, or block it with the reason.

    The screening is between two transactions: what was screened is that version, and if a revision comes in
    between, the second one refuses. Raises ItemNotFound, StaleVersion, WrongItemStatus.
    """
    async with transactions(tenant_id) as uow:
        draft = await uow.items.get(item_id)
        draft.check_version(version)
    screened = await screening.screen(tenant_id, f"{draft.title}\n{draft.body}\n{draft.url}")
    async with transactions(tenant_id) as uow:
        item = (await uow.items.get(item_id)).submit(version, screened.verdict, screened.reason, now)
        await uow.items.save(item)
        if screened.verdict is Verdict.BLOCK:
            await uow.publish(ItemBlocked(item.id, item.version), at=now)
    return item
