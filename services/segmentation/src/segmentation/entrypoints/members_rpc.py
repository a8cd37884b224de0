"""MemberService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.segmentation.v1.members_pb2 import (
    BatchGetMembersRequest,
    BatchGetMembersResponse,
    BatchListMembershipsRequest,
    BatchListMembershipsResponse,
    ListActivitiesRequest,
    ListActivitiesResponse,
    ListMembersRequest,
    ListMembersResponse,
    LookupMembersRequest,
    LookupMembersResponse,
    TagMemberRequest,
    TagMemberResponse,
)
from quanzi.segmentation.v1.members_pb2_grpc import MemberServiceServicer
from segmentation.application.ports import MemberFilter, Transactions
from segmentation.application.tag_member import TagMember, tag_member
from segmentation.domain.policy import Tier
from segmentation.entrypoints.wire import activity_to_wire, member_to_wire, membership_to_wire

Context = grpc.aio.ServicerContext[Any, Any]


class MembersRpc(MemberServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def BatchGetMembers(self, request: BatchGetMembersRequest, _: Context) -> BatchGetMembersResponse:
        async with self._transactions(caller().tenant_id) as uow:
            members = await uow.members.by_ids([UUID(it) for it in request.ids], self._clock())
        return BatchGetMembersResponse(members=map(member_to_wire, members))

    async def LookupMembers(self, request: LookupMembersRequest, _: Context) -> LookupMembersResponse:
        async with self._transactions(caller().tenant_id) as uow:
            members = await uow.members.by_references(request.external_references, self._clock())
        return LookupMembersResponse(members=map(member_to_wire, members))

    async def ListMembers(self, request: ListMembersRequest, _: Context) -> ListMembersResponse:
        wanted = PageRequest.of(request.page)
        tier = Tier(request.tier) if request.tier else None
        only = MemberFilter(optional_id(request.group_id), tier, request.tag or None)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.members.page(wanted, only, self._clock())
        return ListMembersResponse(members=map(member_to_wire, page.items), page_info=page.info())

    async def BatchListMemberships(
        self, request: BatchListMembershipsRequest, _: Context
    ) -> BatchListMembershipsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            stays = await uow.memberships.of_members([UUID(it) for it in request.member_ids])
        return BatchListMembershipsResponse(memberships=map(membership_to_wire, stays))

    async def ListActivities(self, request: ListActivitiesRequest, _: Context) -> ListActivitiesResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            if request.WhichOneof("of") == "member_id":
                page = await uow.activities.of_member(UUID(request.member_id), wanted)
            else:
                page = await uow.activities.of_group(UUID(request.group_id), wanted)
        return ListActivitiesResponse(activities=map(activity_to_wire, page.items), page_info=page.info())

    async def TagMember(self, request: TagMemberRequest, _: Context) -> TagMemberResponse:
        command = TagMember(UUID(request.member_id), request.add, request.remove)
        async with self._transactions(caller().tenant_id) as uow:
            member = await tag_member(uow, command, self._clock())
        return TagMemberResponse(member=member_to_wire(member))
