"""The caller's own tenant."""

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.tenants.types import Tenant


@strawberry.type
class TenantQueries:
    @resolved("Your tenant (企业).")
    async def tenant(self, info: Info) -> Tenant | None:
        context = info.context
        return Tenant.of(await context.gateway.tenants.find(context.identity.caller.tenant_id))
