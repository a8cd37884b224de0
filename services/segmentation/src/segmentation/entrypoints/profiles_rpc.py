"""ProfileService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.segmentation.v1.profiles_pb2 import (
    BatchGetMergesRequest,
    BatchGetMergesResponse,
    BatchListTimelinesRequest,
    BatchListTimelinesResponse,
    BatchResolveMembersRequest,
    BatchResolveMembersResponse,
    ListLostCustomersRequest,
    ListLostCustomersResponse,
    ListMergesRequest,
    ListMergesResponse,
    ListMultiGroupMembersRequest,
    ListMultiGroupMembersResponse,
    ListTimelineRequest,
    ListTimelineResponse,
    MemberTimeline,
    MergeMembersRequest,
    MergeMembersResponse,
    ReverseMergeRequest,
    ReverseMergeResponse,
)
from quanzi.segmentation.v1.profiles_pb2_grpc import ProfileServiceServicer
from segmentation.application.merge_members import MergeMembers, merge_members
from segmentation.application.ports import Transactions
from segmentation.application.reverse_merge import reverse_merge
from segmentation.domain.profile import LossKind
from segmentation.domain.timeline import TimelineKind
from segmentation.entrypoints.profiles_wire import (
    entry_to_wire,
    lost_to_wire,
    merge_to_wire,
    multi_group_to_wire,
)

Context = grpc.aio.ServicerContext[Any, Any]


class ProfilesRpc(ProfileServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def ListTimeline(self, request: ListTimelineRequest, _: Context) -> ListTimelineResponse:
        wanted = PageRequest.of(request.page)
        kinds = [TimelineKind(kind) for kind in request.kinds]
        async with self._transactions(caller().tenant_id) as uow:
            [page] = (await uow.timeline.of_members([UUID(request.member_id)], wanted, kinds)).values()
        return ListTimelineResponse(entries=map(entry_to_wire, page.items), page_info=page.info())

    async def BatchListTimelines(
        self, request: BatchListTimelinesRequest, _: Context
    ) -> BatchListTimelinesResponse:
        wanted = PageRequest.of(request.page)
        kinds = [TimelineKind(kind) for kind in request.kinds]
        async with self._transactions(caller().tenant_id) as uow:
            pages = await uow.timeline.of_members([UUID(it) for it in request.member_ids], wanted, kinds)
        return BatchListTimelinesResponse(
            timelines=[
                MemberTimeline(
                    member_id=str(member_id),
                    entries=map(entry_to_wire, page.items),
                    page_info=page.info(),
                )
                for member_id, page in pages.items()
            ]
        )

    async def MergeMembers(self, request: MergeMembersRequest, _: Context) -> MergeMembersResponse:
        who = caller()
        command = MergeMembers(
            UUID(request.member_id), UUID(request.merged_member_id), request.reason, who.subject
        )
        async with self._transactions(who.tenant_id) as uow:
            return MergeMembersResponse(merge=merge_to_wire(await merge_members(uow, command, self._clock())))

    async def ReverseMerge(self, request: ReverseMergeRequest, _: Context) -> ReverseMergeResponse:
        who = caller()
        async with self._transactions(who.tenant_id) as uow:
            merge = await reverse_merge(uow, UUID(request.merge_id), who.subject, self._clock())
        return ReverseMergeResponse(merge=merge_to_wire(merge))

    async def ListMerges(self, request: ListMergesRequest, _: Context) -> ListMergesResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.merges.page(wanted, optional_id(request.member_id))
        return ListMergesResponse(merges=map(merge_to_wire, page.items), page_info=page.info())

    async def BatchGetMerges(self, request: BatchGetMergesRequest, _: Context) -> BatchGetMergesResponse:
        async with self._transactions(caller().tenant_id) as uow:
            merges = await uow.merges.by_ids([UUID(it) for it in request.ids])
        return BatchGetMergesResponse(merges=map(merge_to_wire, merges))

    async def BatchResolveMembers(
        self, request: BatchResolveMembersRequest, _: Context
    ) -> BatchResolveMembersResponse:
        async with self._transactions(caller().tenant_id) as uow:
            successors = await uow.identities.successors([UUID(it) for it in request.ids])
        return BatchResolveMembersResponse(ids={str(it): str(goes_on) for it, goes_on in successors.items()})

    async def ListMultiGroupMembers(
        self, request: ListMultiGroupMembersRequest, _: Context
    ) -> ListMultiGroupMembersResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.profiles.in_several_groups(wanted, request.min_groups)
        return ListMultiGroupMembersResponse(
            members=map(multi_group_to_wire, page.items), page_info=page.info()
        )

    async def ListLostCustomers(
        self, request: ListLostCustomersRequest, _: Context
    ) -> ListLostCustomersResponse:
        wanted = PageRequest.of(request.page)
        kind = LossKind(request.kind) if request.kind else None
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.profiles.lost(wanted, kind, request.silent_days, self._clock())
        return ListLostCustomersResponse(customers=map(lost_to_wire, page.items), page_info=page.info())
