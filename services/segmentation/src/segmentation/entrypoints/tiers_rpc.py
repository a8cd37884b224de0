"""TierService: translate, open one transaction, call one use case, translate back."""

from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from chassis.timestamps import moment
from quanzi.segmentation.v1.tiers_pb2 import (
    GetTierDistributionRequest,
    GetTierDistributionResponse,
    GetTierPolicyRequest,
    GetTierPolicyResponse,
    ListTierAssignmentsRequest,
    ListTierAssignmentsResponse,
    ProposeRfmCutsRequest,
    ProposeRfmCutsResponse,
    UpdateTierPolicyRequest,
    UpdateTierPolicyResponse,
)
from quanzi.segmentation.v1.tiers_pb2_grpc import TierServiceServicer
from segmentation.application.ports import Transactions
from segmentation.application.propose_rfm_cuts import propose_rfm_cuts
from segmentation.application.update_tier_policy import update_tier_policy
from segmentation.domain.tiers import distribution
from segmentation.entrypoints.wire import (
    assignment_to_wire,
    policy_from_wire,
    policy_to_wire,
    quantiles_to_wire,
    share_to_wire,
)

Context = grpc.aio.ServicerContext[Any, Any]


class TiersRpc(TierServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def GetTierPolicy(self, request: GetTierPolicyRequest, _: Context) -> GetTierPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            return GetTierPolicyResponse(policy=policy_to_wire(await uow.policies.tiers()))

    async def UpdateTierPolicy(
        self, request: UpdateTierPolicyRequest, _: Context
    ) -> UpdateTierPolicyResponse:
        proposed = policy_from_wire(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            policy, changed = await update_tier_policy(uow, proposed, request.expected_version, self._clock())
        return UpdateTierPolicyResponse(policy=policy_to_wire(policy), changed=changed)

    async def GetTierDistribution(
        self, request: GetTierDistributionRequest, _: Context
    ) -> GetTierDistributionResponse:
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.policies.tiers()
            members = await uow.tiers.count(optional_id(request.group_id))
        return GetTierDistributionResponse(shares=map(share_to_wire, distribution(members, policy.targets)))

    async def ListTierAssignments(
        self, request: ListTierAssignmentsRequest, _: Context
    ) -> ListTierAssignmentsResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.tiers.history(UUID(request.member_id), wanted)
        return ListTierAssignmentsResponse(
            assignments=map(assignment_to_wire, page.items), page_info=page.info()
        )

    async def ProposeRfmCuts(self, request: ProposeRfmCutsRequest, _: Context) -> ProposeRfmCutsResponse:
        as_of = moment(request.as_of) if request.HasField("as_of") else self._clock()
        async with self._transactions(caller().tenant_id) as uow:
            cuts, buyers = await propose_rfm_cuts(uow, as_of)
        return ProposeRfmCutsResponse(quantiles=quantiles_to_wire(cuts) if cuts else None, buyers=buyers)
