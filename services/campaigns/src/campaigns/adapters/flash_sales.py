"""Flash sales in PostgreSQL: the stock moves by compare-and-set statements only."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from campaigns.application.ports import Returned
from campaigns.domain.errors import CampaignNotFound
from campaigns.domain.flash_sale import FlashSale, Stock, Terms
from campaigns.domain.window import Window
from chassis.database import Session

_GET = text("""
    select flash_sales.*, starts_at, ends_at
    from flash_sales
    join campaigns on campaigns.tenant_id = flash_sales.tenant_id and campaigns.id = campaign_id
    where flash_sales.tenant_id = :tenant_id and campaign_id = :campaign_id
""")
_RESERVE = text("""
    update flash_sales set available = available - :quantity, reserved = reserved + :quantity
    where tenant_id = :tenant_id and campaign_id = :campaign_id and available >= :quantity and not halted
    returning available
""")
# Several sales are locked in one order everywhere, so that no two transactions wait for each other.
_MOVE = text("""
    with change as (
        select * from unnest(cast(:campaign_ids as uuid[]), cast(:available as int[]),
                             cast(:reserved as int[]), cast(:sold as int[]))
                      as change (campaign_id, available, reserved, sold)
    ), locked as (
        select campaign_id from flash_sales
        where tenant_id = :tenant_id and campaign_id in (select campaign_id from change)
        order by campaign_id
        for update
    )
    update flash_sales as sale
    set available = sale.available + change.available,
        reserved = sale.reserved + change.reserved,
        sold = sale.sold + change.sold
    from locked join change using (campaign_id)
    where sale.tenant_id = :tenant_id and sale.campaign_id = locked.campaign_id
    returning sale.campaign_id, sale.available
""")


class SqlFlashSales:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def get(self, campaign_id: UUID) -> FlashSale:
        parameters = {"tenant_id": self._tenant_id, "campaign_id": campaign_id}
        row = (await self._connection.execute(_GET, parameters)).one_or_none()
        if row is None:
            raise CampaignNotFound(campaign_id)
        return to_flash_sale(row)

    async def reserve(self, campaign_id: UUID, quantity: int) -> int | None:
        parameters = {"tenant_id": self._tenant_id, "campaign_id": campaign_id, "quantity": quantity}
        available: int | None = (await self._connection.execute(_RESERVE, parameters)).scalar()
        return available

    async def sell(self, quantities: Mapping[UUID, int]) -> None:
        await self._move({campaign_id: (0, -units, units) for campaign_id, units in quantities.items()})

    async def give_back(self, returned: Mapping[UUID, Returned]) -> Mapping[UUID, int]:
        return await self._move(
            {
                campaign_id: (units.reserved + units.sold, -units.reserved, -units.sold)
                for campaign_id, units in returned.items()
            }
        )

    async def _move(self, changes: Mapping[UUID, tuple[int, int, int]]) -> Mapping[UUID, int]:
        """(available, reserved, sold) to add, per campaign; returns what is available afterwards."""
        if not changes:
            return {}
        available, reserved, sold = zip(*changes.values(), strict=True)
        rows = await self._connection.execute(
            _MOVE,
            {
                "tenant_id": self._tenant_id,
                "campaign_ids": list(changes),
                "available": list(available),
                "reserved": list(reserved),
                "sold": list(sold),
            },
        )
        return {row.campaign_id: row.available for row in rows}


def to_flash_sale(row: Row[Any]) -> FlashSale:
    return FlashSale(
        campaign_id=row.campaign_id,
        window=Window(row.starts_at, row.ends_at),
        terms=Terms(
            row.item_name, row.per_member_limit, row.price_minor, row.currency, row.payment_deadline_seconds
        ),
        stock=Stock(row.total, row.available, row.reserved, row.sold),
        halted=row.halted,
    )
