"""GroupService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.ids import derived_id
from chassis.paging import PageRequest
from quanzi.segmentation.v1.groups_pb2 import (
    BatchGetGroupsRequest,
    BatchGetGroupsResponse,
    ListGroupsRequest,
    ListGroupsResponse,
    LookupGroupsRequest,
    LookupGroupsResponse,
    RegisterGroupRequest,
    RegisterGroupResponse,
)
from quanzi.segmentation.v1.groups_pb2_grpc import GroupServiceServicer
from segmentation.application.ports import Transactions
from segmentation.application.register_group import RegisterGroup, register_group
from segmentation.entrypoints.wire import group_to_wire

Context = grpc.aio.ServicerContext[Any, Any]


class GroupsRpc(GroupServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def RegisterGroup(self, request: RegisterGroupRequest, _: Context) -> RegisterGroupResponse:
        tenant_id = caller().tenant_id
        group_id = derived_id(tenant_id, "group", request.external_reference)
        command = RegisterGroup(group_id, request.external_reference, request.name, request.owner)
        async with self._transactions(tenant_id) as uow:
            return RegisterGroupResponse(
                group=group_to_wire(await register_group(uow, command, self._clock()))
            )

    async def BatchGetGroups(self, request: BatchGetGroupsRequest, _: Context) -> BatchGetGroupsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            groups = await uow.groups.by_ids([UUID(group_id) for group_id in request.ids])
        return BatchGetGroupsResponse(groups=map(group_to_wire, groups))

    async def LookupGroups(self, request: LookupGroupsRequest, _: Context) -> LookupGroupsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            groups = await uow.groups.by_references(request.external_references)
        return LookupGroupsResponse(groups=map(group_to_wire, groups))

    async def ListGroups(self, request: ListGroupsRequest, _: Context) -> ListGroupsResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.groups.page(wanted)
        return ListGroupsResponse(groups=map(group_to_wire, page.items), page_info=page.info())
