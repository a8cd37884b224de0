"""The copy of the tenants that every schema keeps."""

import time
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.faults import TransientFault

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
