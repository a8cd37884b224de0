"""Which groups are registered: asked of segmentation in batches, and remembered once known."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from quanzi.segmentation.v1.groups_pb2 import LookupGroupsRequest
from quanzi.segmentation.v1.groups_pb2_grpc import GroupServiceStub

_KEPT = 100_000
_PER_CALL = 500


class GroupDirectory:
    """A registered group stays registered, so only what is not known is asked for, every time."""

    def __init__(self, groups: GroupServiceStub) -> None:
        self._groups = groups
        self._known: OrderedDict[tuple[UUID, str], None] = OrderedDict()

    async def unknown(self, tenant_id: UUID, references: Iterable[str]) -> set[str]:
        """Those of the references that name no registered group. Raises AioRpcError."""
        missing = [one for one in dict.fromkeys(references) if (tenant_id, one) not in self._known]
        for start in range(0, len(missing), _PER_CALL):
            request = LookupGroupsRequest(external_references=missing[start : start + _PER_CALL])
            answer = await self._groups.LookupGroups(request)
            for group in answer.groups:
                self._known[tenant_id, group.external_reference] = None
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return {one for one in missing if (tenant_id, one) not in self._known}
