"""The copy of the tenants that every schema keeps."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.consumer import HasInbox, PoisonMessage, Received, Subscription
from chassis.event_type import event_type
from chassis.faults import TransientFault
from chassis.messaging import EVENTS
from quanzi.tenancy.v1.events_pb2 import TenantRegistered

PROFILE_TTL_SECONDS = 30.0


class UnknownTenant(TransientFault):
    """The tenant's registration has not arrived here yet."""

    field = "tenant_id"


@dataclass(frozen=True, slots=True)
class TenantProfile:
    tenant_id: UUID
    slug: str
    name: str
    time_zone: str
    """IANA name; fixes day and month boundaries."""
    currency: str
    """ISO 4217 code of all amounts."""


class ProfileCache:
    """Profiles of one process, each for a short time: they change about never."""

    def __init__(self) -> None:
        self._profiles: dict[UUID, tuple[float, TenantProfile]] = {}

    def get(self, tenant_id: UUID) -> TenantProfile | None:
        expires, profile = self._profiles.get(tenant_id, (0.0, None))
        return profile if time.monotonic() < expires else None

    def put(self, profile: TenantProfile) -> None:
        self._profiles[profile.tenant_id] = time.monotonic() + PROFILE_TTL_SECONDS, profile


_PROFILE = text("select tenant_id, slug, name, time_zone, currency from tenants where tenant_id = :tenant_id")
_SAVE = text("""
    insert into tenants (tenant_id, slug, name, time_zone, currency)
    values (:tenant_id, :slug, :name, :time_zone, :currency)
    on conflict (tenant_id) do update
    set slug = excluded.slug, name = excluded.name,
        time_zone = excluded.time_zone, currency = excluded.currency
""")


class Tenants:
    def __init__(self, connection: AsyncConnection, tenant_id: UUID, cache: ProfileCache) -> None:
        self._connection, self._tenant_id, self._cache = connection, tenant_id, cache

    async def profile(self) -> TenantProfile:
        """Of this transaction's tenant, up to 30 seconds old. Raises UnknownTenant."""
        if cached := self._cache.get(self._tenant_id):
            return cached
        row = (await self._connection.execute(_PROFILE, {"tenant_id": self._tenant_id})).one_or_none()
        if row is None:
            raise UnknownTenant(f"Tenant {self._tenant_id} is not registered here (yet); try again shortly.")
        profile = TenantProfile(**row._mapping)
        self._cache.put(profile)
        return profile

    async def save(self, profile: TenantProfile) -> None:
        await self._connection.execute(
            _SAVE,
            {
                "tenant_id": profile.tenant_id,
                "slug": profile.slug,
                "name": profile.name,
                "time_zone": profile.time_zone,
                "currency": profile.currency,
            },
        )


class HasTenants(HasInbox, Protocol):
    @property
    def tenants(self) -> Tenants: ...


def subscription(service: str) -> Subscription[HasTenants]:
    """Keeps the copy: `EventConsumer(nats, database.session, tenancy.subscription("risk"))`."""
    subject = event_type(TenantRegistered.DESCRIPTOR).subject("*")
    return Subscription(f"{service}-tenants", EVENTS, (subject,), _keep)


async def _keep(uow: HasTenants, batch: Sequence[Received]) -> None:
    """The events of one tenant, in order: the last one holds."""
    latest = batch[-1].message
    if not isinstance(latest, TenantRegistered):
        raise PoisonMessage(f"{batch[-1].type} is not a registration")
    await uow.tenants.save(
        TenantProfile(
            tenant_id=batch[-1].tenant_id,
            slug=latest.slug,
            name=latest.name,
            time_zone=latest.time_zone,
            currency=latest.currency,
        )
    )
