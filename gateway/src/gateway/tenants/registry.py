"""The registry of tenants, which every service has a copy of, fed by TenantRegistered."""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.database import Database, Session
from chassis.tenancy import TenantProfile, UnknownTenant
from gateway.errors import PublicError, invalid
from quanzi.tenancy.v1.events_pb2 import TenantRegistered

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,62}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class TenantRegistry:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant_id: UUID) -> TenantProfile:
        """Raises PublicError UNKNOWN_TENANT."""
        try:
            async with self._database.session(tenant_id) as session:
                return await session.tenants.profile()
        except UnknownTenant:
            message = "your tenant is not registered; register it with `tenantRegister`"
            raise PublicError("UNKNOWN_TENANT", message, status=403) from None

    async def register(self, profile: TenantProfile, now: datetime) -> TenantProfile:
        """Registering again changes name and zone. Raises PublicError CONFLICT, BAD_USER_INPUT."""
        _check(profile)
        try:
            async with self._database.session(profile.tenant_id) as session:
                await self._save(session, profile, now)
        except IntegrityError:
            message = f"the slug {profile.slug!r} belongs to another tenant"
            raise PublicError("CONFLICT", message, field="slug") from None
        return profile

    async def _save(self, session: Session, profile: TenantProfile, now: datetime) -> None:
        before = await session.connection.execute(
            text("select slug, name, time_zone, currency from tenants for update")
        )
        known = before.one_or_none()
        if known and known.currency != profile.currency:
            message = f"amounts of this tenant are in {known.currency}; that cannot change"
            raise PublicError("CONFLICT", message, field="currency")
        if known and tuple(known) == (profile.slug, profile.name, profile.time_zone, profile.currency):
            return
        await session.tenants.save(profile)
        await session.outbox.append(
            [
                TenantRegistered(
                    tenant_id=str(profile.tenant_id),
                    slug=profile.slug,
                    name=profile.name,
                    time_zone=profile.time_zone,
                    currency=profile.currency,
                )
            ],
            now,
        )


def _check(profile: TenantProfile) -> None:
    if not _SLUG.fullmatch(profile.slug):
        message = "a slug has 2 to 63 small letters, digits and dashes, a letter first"
        raise invalid("slug", message)
    if not 1 <= len(profile.name) <= 100:
        raise invalid("name", "a name has 1 to 100 characters")
    if profile.time_zone not in zoneinfo.available_timezones():
        message = f"{profile.time_zone!r} is no IANA time zone, such as Asia/Shanghai"
        raise invalid("timeZone", message)
    if not _CURRENCY.fullmatch(profile.currency):
        message = f"{profile.currency!r} is no ISO 4217 code, such as CNY"
        raise invalid("currency", message)
