"""Tenants for tests."""

from uuid import UUID

from chassis.database import Database
from chassis.ids import new_id
from chassis.tenancy import TenantProfile


async def register(
    database: Database, tenant_id: UUID | None = None, time_zone: str = "Asia/Shanghai"
) -> UUID:
    """A tenant that counts in yuan, as if its registration had arrived."""
    tenant_id = tenant_id or new_id()
    profile = TenantProfile(tenant_id, f"brand-{tenant_id}", "样例品牌", time_zone, "CNY")
    async with database.session(tenant_id) as session:
        await session.tenants.save(profile)
    return tenant_id
