"""The tenant's policy of predictions."""

from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.mutation import Input, Payload, mutation, payload
from quanzi.segmentation.v1 import predictions_pb2

_BUYERS = "Refuse to predict with fewer buyers, at least 10."
_REPEAT_BUYERS = "Refuse to predict with fewer repeat buyers, at least 5."
_BELOW_ALIVE = "At risk of churn below this probability of being alive, between 0 and 1."
_ORDERS = "... for members with at least so many orders, at least 2."


@strawberry.type(description="Rules of predictions; every change makes a new version.")
class PredictionPolicy:
    version: int = strawberry.field(description="Counts changes; 0 is the default.")
    minimum_buyers: int = strawberry.field(description=_BUYERS)
    minimum_repeat_buyers: int = strawberry.field(description=_REPEAT_BUYERS)
    churn_below_alive: float = strawberry.field(description=_BELOW_ALIVE)
    churn_minimum_orders: int = strawberry.field(description=_ORDERS)

    @classmethod
    def of(cls, policy: predictions_pb2.PredictionPolicy) -> Self:
        return cls(
            version=policy.version,
            minimum_buyers=policy.minimum_buyers,
            minimum_repeat_buyers=policy.minimum_repeat_buyers,
            churn_below_alive=policy.churn_below_alive,
            churn_minimum_orders=policy.churn_minimum_orders,
        )


@strawberry.input(description="The whole policy of predictions.")
class PredictionPolicyInput:
    minimum_buyers: int = strawberry.field(description=_BUYERS)
    minimum_repeat_buyers: int = strawberry.field(description=_REPEAT_BUYERS)
    churn_below_alive: float = strawberry.field(description=_BELOW_ALIVE)
    churn_minimum_orders: int = strawberry.field(description=_ORDERS)

    def message(self) -> predictions_pb2.PredictionPolicy:
        return predictions_pb2.PredictionPolicy(
            minimum_buyers=self.minimum_buyers,
            minimum_repeat_buyers=self.minimum_repeat_buyers,
            churn_below_alive=self.churn_below_alive,
            churn_minimum_orders=self.churn_minimum_orders,
        )


@strawberry.input(description="Input of `predictionPolicyUpdate`.")
class PredictionPolicyUpdateInput:
    policy: PredictionPolicyInput = strawberry.field(description="The new policy, whole.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class PredictionPolicyUpdatePayload(Payload):
    policy: PredictionPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.type
class PredictionPolicyQueries:
    @resolved("The policy of predictions in force.")
    async def prediction_policy(self, info: Info) -> PredictionPolicy | None:
        request = predictions_pb2.GetPredictionPolicyRequest()
        answer = await info.context.clients.predictions.GetPredictionPolicy(request)
        return PredictionPolicy.of(answer.policy)


@strawberry.type
class PredictionPolicyMutations:
    @mutation("Replaces the policy of predictions; takes effect with the next fit.")
    async def prediction_policy_update(
        self, info: Info, input: Input[PredictionPolicyUpdateInput]
    ) -> PredictionPolicyUpdatePayload | None:
        request = predictions_pb2.UpdatePredictionPolicyRequest(
            policy=input.policy.message(), expected_version=input.expected_version
        )
        answer = await info.context.clients.predictions.UpdatePredictionPolicy(request)
        return PredictionPolicyUpdatePayload(policy=PredictionPolicy.of(answer.policy))
