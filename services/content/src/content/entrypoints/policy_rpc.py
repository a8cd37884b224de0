"""PolicyService: the tenant's content policy."""

from typing import Any

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from content.application.ports import Transactions
from content.application.update_content_policy import update_content_policy
from content.entrypoints.wire import policy_of, policy_to_wire
from quanzi.content.v1 import policy_pb2 as pb
from quanzi.content.v1.policy_pb2_grpc import PolicyServiceServicer

Context = grpc.aio.ServicerContext[Any, Any]


class PolicyRpc(PolicyServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def GetContentPolicy(
        self, request: pb.GetContentPolicyRequest, context: Context
    ) -> pb.GetContentPolicyResponse:
        async with self._transactions(caller().tenant_id) as uow:
            policy = await uow.policies.current()
        return pb.GetContentPolicyResponse(policy=policy_to_wire(policy))

    async def UpdateContentPolicy(
        self, request: pb.UpdateContentPolicyRequest, context: Context
    ) -> pb.UpdateContentPolicyResponse:
        wanted = policy_of(request.policy)
        async with self._transactions(caller().tenant_id) as uow:
            policy = await update_content_policy(uow, wanted, request.expected_version, self._clock())
        return pb.UpdateContentPolicyResponse(policy=policy_to_wire(policy))
