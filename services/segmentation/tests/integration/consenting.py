"""What tests of consents share: rows, and recording them."""

from collections.abc import Sequence
from datetime import datetime

from segmentation.application.ports import Transactions
from segmentation.application.record_consents import RecordConsents, record_consents
from segmentation.domain.consents import ConsentRejection, ConsentRow, ConsentState

from ..samples import NOW, Brand, days

GIVEN, WITHDRAWN, UNKNOWN = ConsentState


def said(
    member: str, state: ConsentState, ago: float = 1, purpose: str = "marketing", source_id: str = ""
) -> ConsentRow:
    """So many days before NOW."""
    return ConsentRow(
        source="crm",
        source_id=source_id or f"{member}/{purpose}/{state.name}/{ago}",
        member_reference=member,
        purpose=purpose,
        state=state,
        channel="mini_program",
        notice_version="2026-01",
        evidence=f"表单-{member}",
        occurred_at=NOW - days(ago),
    )


async def tell(
    within: Transactions, brand: Brand, *rows: ConsentRow, now: datetime = NOW
) -> Sequence[ConsentRejection]:
    async with within(brand.tenant_id) as uow:
        return await record_consents(uow, RecordConsents(rows, "operator-1"), now)


async def states(within: Transactions, brand: Brand, *members: str) -> dict[tuple[str, str], ConsentState]:
    """What holds, by name and purpose."""
    names = {brand.member(name): name for name in members}
    async with within(brand.tenant_id) as uow:
        holding = await uow.consents.holding(names.keys())
    return {(names[member_id], purpose): record.state for (member_id, purpose), record in holding.items()}
