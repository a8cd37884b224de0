"""`node` and `nodes`: anything by its global id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import strawberry

from gateway.context import Info
from gateway.errors import invalid
from gateway.fields import resolved
from gateway.global_ids import Node, NodeId, parse
from gateway.loaders import Loaders

MAX_NODES = 100

_LOADERS: Mapping[str, Callable[[Loaders, str], Awaitable[Node | None]]] = {
    "Member": lambda loaders, uuid: loaders.segmentation.members.load(uuid),
    "Group": lambda loaders, uuid: loaders.segmentation.groups.load(uuid),
    "Segment": lambda loaders, uuid: loaders.segmentation.segments.load(uuid),
    "Alert": lambda loaders, uuid: loaders.segmentation.alerts.load(uuid),
    "Operation": lambda loaders, uuid: loaders.segmentation.operations.load(uuid),
    "Erasure": lambda loaders, uuid: loaders.segmentation.erasures.load(uuid),
    "Item": lambda loaders, uuid: loaders.content.items.load(uuid),
    "Plan": lambda loaders, uuid: loaders.content.plans.load(uuid),
    "Post": lambda loaders, uuid: loaders.content.posts.load(uuid),
    "Campaign": lambda loaders, uuid: loaders.campaigns.campaigns.load(uuid),
    "Claim": lambda loaders, uuid: loaders.campaigns.claims.load(uuid),
    "Ticket": lambda loaders, uuid: loaders.support.tickets.load(uuid),
    "Violation": lambda loaders, uuid: loaders.risk.violations.load(uuid),
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
        return load(info.context.loaders, uuid)
    raise invalid(field, f"{type_name} cannot be looked up by id; these can: {', '.join(_LOADERS)}")
