"""`node` and `nodes`: anything by its global id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import strawberry

from gateway.context import Context, Info
from gateway.errors import invalid
from gateway.fields import resolved
from gateway.global_ids import Node, NodeId, parse
from gateway.partners.access import tenant_and_owner_of
from gateway.partners.types import Partner
from gateway.tenants.types import Tenant
from gateway.webhooks.types import WebhookDelivery, WebhookEndpoint

MAX_NODES = 100

_LOADERS: Mapping[str, Callable[[Context, str], Awaitable[Node | None]]] = {
    "Member": lambda it, uuid: it.loaders.segmentation.members.load(uuid),
    "Group": lambda it, uuid: it.loaders.segmentation.groups.load(uuid),
    "Segment": lambda it, uuid: it.loaders.segmentation.segments.load(uuid),
    "Alert": lambda it, uuid: it.loaders.segmentation.alerts.load(uuid),
    "TagRule": lambda it, uuid: it.loaders.segmentation.tag_rules.load(uuid),
    "Merge": lambda it, uuid: it.loaders.segmentation.merges.load(uuid),
    "Operation": lambda it, uuid: it.loaders.segmentation.operations.load(uuid),
    "Erasure": lambda it, uuid: it.loaders.segmentation.erasures.load(uuid),
    "Tenant": lambda it, uuid: _tenant(it, uuid),
    "Partner": lambda it, uuid: _partner(it, uuid),
    "WebhookEndpoint": lambda it, uuid: _endpoint(it, uuid),
    "WebhookDelivery": lambda it, uuid: _delivery(it, uuid),
    "Item": lambda it, uuid: it.loaders.content.items.load(uuid),
    "Plan": lambda it, uuid: it.loaders.content.plans.load(uuid),
    "Post": lambda it, uuid: it.loaders.content.posts.load(uuid),
    "Campaign": lambda it, uuid: it.loaders.campaigns.campaigns.load(uuid),
    "Claim": lambda it, uuid: it.loaders.campaigns.claims.load(uuid),
    "Ticket": lambda it, uuid: it.loaders.support.tickets.load(uuid),
    "Case": lambda it, uuid: it.loaders.risk.cases.load(uuid),
    "StaffMember": lambda it, uuid: it.loaders.risk.staff.load(uuid),
    "Audit": lambda it, uuid: it.loaders.risk.audits.load(uuid),
    "ClassifierModel": lambda it, uuid: it.loaders.risk.classifier_models.load(uuid),
    "OpinionIncident": lambda it, uuid: it.loaders.risk.opinion_incidents.load(uuid),
    "Violation": lambda it, uuid: it.loaders.risk.violations.load(uuid),
    "ModeratorTask": lambda it, uuid: it.loaders.risk.tasks_by_id.load(uuid),
}


@strawberry.type
class NodeQueries:
    @resolved("Anything by its global id; null if it does not exist in your tenant.")
    async def node(self, info: Info, id: NodeId) -> Node | None:
        return await _load(info, id, "id")

    @resolved("Up to 100 things by their global ids, in the same order.")
    def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 global ids.")],
    ) -> list[Node | None]:
        if len(ids) > MAX_NODES:
            raise invalid("ids", f"{len(ids)} ids were asked for, at most {MAX_NODES} are allowed")
        return [_load(info, one, "ids") for one in ids]  # type: ignore[misc] # each is awaited, and may fail, alone


def _load(info: Info, id: str, field: str) -> Awaitable[Node | None]:
    type_name, uuid = parse(id, field)
    if load := _LOADERS.get(type_name):
        return load(info.context, uuid)
    raise invalid(field, f"{type_name} cannot be looked up by id; these can: {', '.join(_LOADERS)}")


async def _tenant(context: Context, uuid: str) -> Tenant | None:
    """Only that of the caller."""
    tenant_id = context.identity.caller.tenant_id
    return Tenant.of(await context.gateway.tenants.find(tenant_id)) if uuid == str(tenant_id) else None


async def _partner(context: Context, uuid: str) -> Partner | None:
    """Raises PublicError FORBIDDEN for anybody but an administrator."""
    context.identity.require("admin")
    return await context.loaders.partners.partners.load((uuid, context.identity.caller.tenant_id))


async def _endpoint(context: Context, uuid: str) -> WebhookEndpoint | None:
    """A partner's own, or any for an administrator. Raises PublicError FORBIDDEN for others."""
    return await context.loaders.partners.endpoints.load((uuid, tenant_and_owner_of(context.identity)))


async def _delivery(context: Context, uuid: str) -> WebhookDelivery | None:
    """As `_endpoint`."""
    return await context.loaders.partners.deliveries.load((uuid, tenant_and_owner_of(context.identity)))
