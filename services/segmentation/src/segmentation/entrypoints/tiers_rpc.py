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
    BatchGetTierDistributionsRequest,
    BatchGetTierDistributionsResponse,
    BatchListTierAssignmentsRequest,
    BatchListTierAssignmentsResponse,
    GetRfmDistributionRequest,
    GetRfmDistributionResponse,
    GetTierDistributionRequest,
    GetTierDistributionResponse,
    GetTierPolicyRequest,
    GetTierPolicyResponse,
    GroupTierDistribution,
    ListTierAssignmentsRequest,
    ListTierAssignmentsResponse,
    ListTierPoliciesRequest,
    ListTierPoliciesResponse,
    MemberTierAssignments,
    PreviewTierPolicyRequest,
    PreviewTierPolicyResponse,
    ProposeRfmCutsRequest,
    ProposeRfmCutsResponse,
    RecomputeTiersRequest,
    RecomputeTiersResponse,
    UpdateTierPolicyRequest,
    UpdateTierPolicyResponse,
)
from quanzi.segmentation.v1.tiers_pb2_grpc import TierServiceServicer
from segmentation.application.ports import Transactions
from segmentation.application.preview_tier_policy import preview_tier_policy
from segmentation.application.propose_rfm_cuts import propose_rfm_cuts
from segmentation.application.recompute_tiers import recompute_tiers
from segmentation.application.update_tier_policy import update_tier_policy
from segmentation.domain.tiers import distribution
from segmentation.entrypoints.tiers_wire import (
    assignment_to_wire,
    cell_to_wire,
    policy_from_wire,
    policy_to_wire,
    preview_to_wire,
    quantiles_to_wire,
    share_to_wire,
    version_to_wire,
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
            if group_id := optional_id(request.group_id):
                members = (await uow.tiers.count_in([group_id]))[group_id]
            else:
                members = await uow.tiers.count()
        return GetTierDistributionResponse(shares=map(share_to_wire, distribution(members, policy.targets)))

    async def BatchGetTierDistributions(
        self, request: BatchGetTierDistributionsRequest, _: Context
    ) -> BatchGetTierDistributionsResponse:
        group_ids = [UUID(group_id) for group_id in request.group_ids]
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.policies.tiers()
            groups = await uow.tiers.count_in(group_ids)
        return BatchGetTierDistributionsResponse(
            groups=[
                GroupTierDistribution(
                    group_id=str(group_id), shares=map(share_to_wire, distribution(members, policy.targets))
                )
                for group_id, members in groups.items()
            ]
        )

    async def PreviewTierPolicy(
        self, request: PreviewTierPolicyRequest, _: Context
    ) -> PreviewTierPolicyResponse:
        proposed = policy_from_wire(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            return preview_to_wire(await preview_tier_policy(uow, proposed, self._clock()))

    async def RecomputeTiers(self, request: RecomputeTiersRequest, _: Context) -> RecomputeTiersResponse:
        async with self._transactions(caller().tenant_id) as uow:
            swept = await recompute_tiers(uow, self._clock())
        return RecomputeTiersResponse(members=swept.members, changed=swept.changed)

    async def ListTierPolicies(
        self, request: ListTierPoliciesRequest, _: Context
    ) -> ListTierPoliciesResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.policies.tier_versions(wanted)
        return ListTierPoliciesResponse(policies=map(version_to_wire, page.items), page_info=page.info())

    async def GetRfmDistribution(
        self, request: GetRfmDistributionRequest, _: Context
    ) -> GetRfmDistributionResponse:
        group_id = optional_id(request.group_id)
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.policies.tiers()
            days = policy.monthly_rfm_window_days if request.monthly else policy.rfm_window_days
            spread = await uow.rfm.distribution(policy, days, group_id, self._clock())
        return GetRfmDistributionResponse(
            cells=map(cell_to_wire, spread.cells), without_orders=spread.without_orders
        )

    async def ListTierAssignments(
        self, request: ListTierAssignmentsRequest, _: Context
    ) -> ListTierAssignmentsResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            [page] = (await uow.tiers.histories([UUID(request.member_id)], wanted)).values()
        return ListTierAssignmentsResponse(
            assignments=map(assignment_to_wire, page.items), page_info=page.info()
        )

    async def BatchListTierAssignments(
        self, request: BatchListTierAssignmentsRequest, _: Context
    ) -> BatchListTierAssignmentsResponse:
        wanted = PageRequest.of(request.page)
        async with self._transactions(caller().tenant_id) as uow:
            pages = await uow.tiers.histories([UUID(it) for it in request.member_ids], wanted)
        return BatchListTierAssignmentsResponse(
            members=[
                MemberTierAssignments(
                    member_id=str(member_id),
                    assignments=map(assignment_to_wire, page.items),
                    page_info=page.info(),
                )
                for member_id, page in pages.items()
            ]
        )

    async def ProposeRfmCuts(self, request: ProposeRfmCutsRequest, _: Context) -> ProposeRfmCutsResponse:
        as_of = moment(request.as_of) if request.HasField("as_of") else self._clock()
        async with self._transactions(caller().tenant_id) as uow:
            cuts, buyers = await propose_rfm_cuts(uow, as_of)
        return ProposeRfmCutsResponse(quantiles=quantiles_to_wire(cuts) if cuts else None, buyers=buyers)
