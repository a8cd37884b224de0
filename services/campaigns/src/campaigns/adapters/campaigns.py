"""Campaigns with their groups and sales in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, text
from sqlalchemy.exc import IntegrityError

from campaigns.adapters.flash_sales import to_flash_sale
from campaigns.adapters.tables import campaign_groups, campaigns, flash_sales, interval_overrides, one_of
from campaigns.domain.campaign import Campaign, CampaignType, IntervalOverride
from campaigns.domain.errors import CampaignTooClose, DomainError, ExternalReferenceTaken
from campaigns.domain.window import Window
from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page

# Two transactions that insert into an exclusion constraint at once wait for each other until one is called a
# deadlock. One after the other, the second meets the constraint.
_QUEUE_UP = text("select pg_advisory_xact_lock(hashtextextended('campaigns.schedule/' || :tenant_id, 0))")
_ADD = text("""
    with campaign as (
        insert into campaigns (tenant_id, id, type, external_reference, name, starts_at, ends_at, created_at)
        values (:tenant_id, :id, :type, :external_reference, :name, :starts_at, :ends_at, :created_at)
    ), sale as (
        insert into flash_sales (tenant_id, campaign_id, item_name, total, available, reserved, sold,
                                 per_member_limit, price_minor, currency, payment_deadline_seconds, halted)
        values (:tenant_id, :id, :item_name, :total, :available, :reserved, :sold,
                :per_member_limit, :price_minor, :currency, :payment_deadline_seconds, :halted)
    ), override as (
        insert into interval_overrides (tenant_id, campaign_id, reason, overridden_by, overridden_at)
        select :tenant_id, :id, :reason, :overridden_by, :created_at where :overridden
    )
    insert into campaign_groups (tenant_id, campaign_id, group_id, occupied, overridden, cancelled)
    select :tenant_id, :id, group_id, tstzrange(:starts_at, :occupied_until), :overridden, false
    from unnest(cast(:group_ids as uuid[])) as group_id
""")
_CONFLICT = text("""
    select group_id, campaign_id, lower(occupied) as starts_at, upper(occupied) as free_from
    from campaign_groups
    where tenant_id = :tenant_id and group_id = any(cast(:group_ids as uuid[]))
      and occupied && tstzrange(:starts_at, :occupied_until) and not overridden and not cancelled
    order by lower(occupied) limit 1
""")
_CANCEL = text("""
    with cancelled as (
        update campaigns set cancelled_at = :cancelled_at
        where tenant_id = :tenant_id and id = :id and cancelled_at is null
        returning tenant_id, id
    ), freed as (
        update campaign_groups set cancelled = true from cancelled
        where campaign_groups.tenant_id = cancelled.tenant_id and campaign_id = id
    ), halted as (
        update flash_sales set halted = true from cancelled
        where flash_sales.tenant_id = cancelled.tenant_id and campaign_id = id
    )
    select true from cancelled
""")


class SqlCampaigns:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(self, campaign: Campaign, occupied_until: datetime) -> None:
        row = _to_row(self._tenant_id, campaign, occupied_until)
        await self._connection.execute(_QUEUE_UP, {"tenant_id": str(self._tenant_id)})
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(_ADD, row)
        except IntegrityError as error:
            raise await self._refusal(error, row) from error

    async def _refusal(self, error: IntegrityError, row: Mapping[str, Any]) -> DomainError | IntegrityError:
        match getattr(error.orig.__cause__, "constraint_name", None) if error.orig else None:
            case "campaigns_external_reference":
                return ExternalReferenceTaken(row["external_reference"])
            case "campaign_groups_interval":
                keys = ("tenant_id", "group_ids", "starts_at", "occupied_until")
                conflict = (await self._connection.execute(_CONFLICT, {key: row[key] for key in keys})).one()
                return CampaignTooClose(**conflict._mapping)
        return error

    async def many(self, campaign_ids: Sequence[UUID]) -> list[Campaign]:
        rows = await self._connection.execute(self._select().where(one_of(campaigns.c.id, campaign_ids)))
        found = {row.id: _to_campaign(row) for row in rows}
        return [found[campaign_id] for campaign_id in campaign_ids if campaign_id in found]

    async def page(self, request: PageRequest, group_id: UUID | None) -> Page[Campaign]:
        matching = self._select()
        if group_id:
            of_group = select(campaign_groups.c.campaign_id).where(
                campaign_groups.c.tenant_id == self._tenant_id, campaign_groups.c.group_id == group_id
            )
            matching = matching.where(campaigns.c.id.in_(of_group))
        order = campaigns.c.starts_at, campaigns.c.id
        return await fetch_page(self._connection, matching, order, request, _to_campaign, descending=True)

    async def cancel(self, campaign: Campaign) -> bool:
        parameters = {"tenant_id": self._tenant_id, "id": campaign.id, "cancelled_at": campaign.cancelled_at}
        return (await self._connection.execute(_CANCEL, parameters)).scalar() is not None

    def _select(self) -> Select[Any]:
        groups = (
            select(func.array_agg(campaign_groups.c.group_id))
            .where(
                campaign_groups.c.tenant_id == campaigns.c.tenant_id,
                campaign_groups.c.campaign_id == campaigns.c.id,
            )
            .scalar_subquery()
        )
        return (
            select(
                campaigns,
                groups.label("group_ids"),
                flash_sales,
                interval_overrides.c.reason,
                interval_overrides.c.overridden_by,
            )
            .select_from(campaigns.join(flash_sales).outerjoin(interval_overrides))
            .where(campaigns.c.tenant_id == self._tenant_id)
        )


def _to_row(tenant_id: UUID, campaign: Campaign, occupied_until: datetime) -> dict[str, Any]:
    terms, stock = campaign.flash_sale.terms, campaign.flash_sale.stock
    return {
        "tenant_id": tenant_id,
        "id": campaign.id,
        "type": campaign.type.value,
        "external_reference": campaign.external_reference,
        "name": campaign.name,
        "starts_at": campaign.window.starts_at,
        "ends_at": campaign.window.ends_at,
        "created_at": campaign.created_at,
        "item_name": terms.item_name,
        "total": stock.total,
        "available": stock.available,
        "reserved": stock.reserved,
        "sold": stock.sold,
        "per_member_limit": terms.per_member_limit,
        "price_minor": terms.price_minor,
        "currency": terms.currency,
        "payment_deadline_seconds": terms.payment_deadline_seconds,
        "halted": campaign.flash_sale.halted,
        "reason": campaign.override.reason if campaign.override else None,
        "overridden_by": campaign.override.overridden_by if campaign.override else None,
        "overridden": campaign.override is not None,
        "group_ids": list(campaign.group_ids),
        "occupied_until": occupied_until,
    }


def _to_campaign(row: Row[Any]) -> Campaign:
    return Campaign(
        id=row.id,
        name=row.name,
        external_reference=row.external_reference,
        group_ids=tuple(sorted(row.group_ids)),
        window=Window(row.starts_at, row.ends_at),
        flash_sale=to_flash_sale(row),
        created_at=row.created_at,
        override=IntervalOverride(row.reason, row.overridden_by) if row.reason else None,
        cancelled_at=row.cancelled_at,
        type=CampaignType(row.type),
    )
