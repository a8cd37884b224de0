"""Registering partners, changing their keys, ending them: what administrators do, as transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis.clock import Clock
from chassis.database import Database, Session
from chassis.ids import new_id
from chassis.paging import Page, PageRequest
from gateway.errors import invalid
from gateway.partners import store
from gateway.partners.api_keys import ApiKey
from gateway.partners.event_feed import EventFeed
from gateway.partners.partner import Partner
from gateway.webhooks import endpoint_store

LONGEST_OVERLAP = timedelta(days=7)
KEPT = timedelta(days=30)


class PartnerDesk:
    """Methods raise PublicError NOT_FOUND, CONFLICT and BAD_USER_INPUT for refusals.

    NATS follows the database: what it missed is caught up when the call is repeated or the partner logs in.
    """

    def __init__(self, database: Database, feed: EventFeed, pepper: bytes, clock: Clock) -> None:
        self._database, self._feed, self._pepper, self._clock = database, feed, pepper, clock

    async def register(self, tenant_id: UUID, name: str) -> tuple[Partner, ApiKey]:
        """The key is told here and never again."""
        partner = Partner.register(tenant_id, new_id(), name, self._clock())
        async with self._database.session(tenant_id) as session:
            await store.add(session, partner)
            key = await self._add_key(session, partner.id, partner.registered_at)
        return partner, key

    async def rotate_key(
        self, tenant_id: UUID, partner_id: UUID, overlap: timedelta
    ) -> tuple[Partner, ApiKey]:
        """A new key; the old ones work for `overlap` longer."""
        if not timedelta() <= overlap <= LONGEST_OVERLAP:
            raise invalid(
                "overlapHours", f"old keys work for 0 to {LONGEST_OVERLAP // timedelta(hours=1)} hours more"
            )
        now = self._clock()
        async with self._database.session(tenant_id) as session:
            partner = await store.get_active(session, partner_id)
            await store.end_keys(session, partner_id, now + overlap)
            key = await self._add_key(session, partner_id, now)
        return partner, key

    async def disable(self, tenant_id: UUID, partner_id: UUID) -> Partner:
        """Ends its keys, its webhooks and its place in the events, for good; repeating it is harmless."""
        now = self._clock()
        async with self._database.session(tenant_id) as session:
            partner = await store.get(session, partner_id, lock=True)
            partner = replace(partner, disabled_at=partner.disabled_at or now)
            await store.save(session, partner)
            await store.end_keys(session, partner_id, now)
            await endpoint_store.disable_of_partner(session, partner_id, "the partner is disabled")
        await self._feed.remove(partner)
        return partner

    async def replay(self, tenant_id: UUID, partner_id: UUID, since: datetime) -> Partner:
        """Its NATS consumer begins again with the events of `since`."""
        now = self._clock()
        if not now - KEPT <= since <= now:
            raise invalid("from", f"events are kept for {KEPT.days} days; name an instant within them")
        async with self._database.session(tenant_id) as session:
            partner = replace(await store.get_active(session, partner_id), events_from=since)
            await store.save(session, partner)
        await self._feed.restart(partner)
        return partner

    async def by_ids(self, tenant_id: UUID, ids: Sequence[UUID]) -> Sequence[Partner]:
        async with self._database.session(tenant_id) as session:
            return await store.by_ids(session, ids)

    async def page(self, tenant_id: UUID, request: PageRequest) -> Page[Partner]:
        async with self._database.session(tenant_id) as session:
            return await store.page(session, request)

    async def _add_key(self, session: Session, partner_id: UUID, now: datetime) -> ApiKey:
        key = ApiKey.generate()
        await store.add_key(session, partner_id, key.prefix, key.digest(self._pepper), now)
        return key
