"""Reading partners."""

import strawberry

from gateway.connections import After, Connection, First, connection
from gateway.context import Info
from gateway.fields import resolved
from gateway.partners.access import administered_tenant, list_request
from gateway.partners.types import Partner


@strawberry.type
class PartnerQueries:
    @resolved("The partners of the tenant (合作伙伴), in the order they were registered. For administrators.")
    async def partners(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Partner] | None:
        request = list_request(info, first, after)
        page = await info.context.gateway.partners.page(administered_tenant(info), request)
        return connection(map(Partner.of, page.items), page.info(), after)
