"""What is expected of members: the model, and who is likely lost."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from gateway.clients import WHOLE_TENANT
from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid
from gateway.mutation import Payload, mutation, payload
from gateway.scalars import Int64
from gateway.segmentation.arguments import InGroup
from gateway.segmentation.members import Member
from gateway.values import by_number, moment, optional
from quanzi.segmentation.v1 import predictions_pb2


@strawberry.enum(description="How a fit of the model ended.")
class FitStatus(Enum):
    FITTED = strawberry.enum_value(predictions_pb2.FIT_STATUS_FITTED, description="There are predictions.")
    TOO_LITTLE_DATA = strawberry.enum_value(
        predictions_pb2.FIT_STATUS_TOO_LITTLE_DATA,
        description="数据不足: fewer buyers than the policy asks for; nothing is predicted.",
    )
    NOT_CONVERGED = strawberry.enum_value(
        predictions_pb2.FIT_STATUS_NOT_CONVERGED,
        description="No parameters were found: what was predicted before stays.",
    )


FIT_STATUSES = by_number(FitStatus)


@strawberry.type(description="Prediction of orders as it was made 90 days ago, beside what came.")
class Backtest:
    predicted_orders: float = strawberry.field(description="Orders predicted for the last 90 days.")
    actual_orders: int = strawberry.field(description="Orders there were.")

    @classmethod
    def of(cls, model: predictions_pb2.PredictionModel) -> Self:
        return cls(
            predicted_orders=model.backtest_predicted_orders, actual_orders=model.backtest_actual_orders
        )


@strawberry.type(description="BG/NBD (orders) and gamma-gamma (value), fitted to the tenant's own orders.")
class PredictionModel:
    status: FitStatus = strawberry.field(description="How the latest fit ended.")
    message: str = strawberry.field(description="Why nothing is predicted, in Chinese; empty if fitted.")
    fitted_at: datetime = strawberry.field(description="When.")
    buyers: int = strawberry.field(description="Members who ever bought.")
    repeat_buyers: int = strawberry.field(description="... more than once.")
    r: float = strawberry.field(description="BG/NBD: shape of the order rate.")
    alpha: float = strawberry.field(description="BG/NBD: scale of the order rate, in weeks.")
    a: float = strawberry.field(description="BG/NBD: first shape of the dropout probability.")
    b: float = strawberry.field(description="BG/NBD: second shape of the dropout probability.")
    p: float = strawberry.field(description="Gamma-gamma: shape of order values.")
    q: float = strawberry.field(description="Gamma-gamma: shape over members.")
    gamma_minor: float = strawberry.field(description="Gamma-gamma: scale over members, minor units.")
    log_likelihood: float = strawberry.field(description="Of BG/NBD at these parameters.")
    fitted_buyers: int = strawberry.field(
        description="Buyers the parameters were fitted to: all, or a random sample of very many."
    )
    backtest: Backtest | None = strawberry.field(description="Null without enough history.")

    @classmethod
    def of(cls, model: predictions_pb2.PredictionModel) -> Self:
        return cls(
            status=FIT_STATUSES[model.status],
            message=model.message,
            fitted_at=moment(model.fitted_at),
            buyers=model.buyers,
            repeat_buyers=model.repeat_buyers,
            r=model.r,
            alpha=model.alpha,
            a=model.a,
            b=model.b,
            p=model.p,
            q=model.q,
            gamma_minor=model.gamma_minor,
            log_likelihood=model.log_likelihood,
            fitted_buyers=model.fitted_buyers,
            backtest=Backtest.of(model) if model.HasField("backtest_actual_orders") else None,
        )


@strawberry.type(description="What is expected of a member.")
class Prediction:
    expected_orders_90d: float = strawberry.field(name="expectedOrders90d", description="Orders in 90 days.")
    probability_alive: float = strawberry.field(
        description="Probability that the member still buys at all, 0 to 1."
    )
    expected_order_value_minor: Int64 | None = strawberry.field(
        description="Value of one order, minor units; null if the model cannot say."
    )
    expected_value_90d_minor: Int64 | None = strawberry.field(
        name="expectedValue90dMinor", description="Net spend in 90 days, minor units; null likewise."
    )
    as_of: datetime = strawberry.field(description="Moment the prediction was made for.")

    @classmethod
    def of(cls, prediction: predictions_pb2.Prediction) -> Self:
        return cls(
            expected_orders_90d=prediction.expected_orders_90d,
            probability_alive=prediction.probability_alive,
            expected_order_value_minor=optional(prediction, "expected_order_value_minor"),
            expected_value_90d_minor=optional(prediction, "expected_value_90d_minor"),
            as_of=moment(prediction.as_of),
        )


@strawberry.type(description="A member who used to buy and is likely not to come back (流失预警).")
class ChurnRisk:
    prediction: Prediction = strawberry.field(description="What is expected of the member.")
    paid_orders: int = strawberry.field(description="Paid orders so far.")
    net_spend_minor: Int64 = strawberry.field(description="Net spend so far, minor units.")
    member_uuid: strawberry.Private[str]

    @resolved("The member.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.member_uuid)

    @classmethod
    def of(cls, risk: predictions_pb2.ChurnRisk) -> Self:
        return cls(
            prediction=Prediction.of(risk.prediction),
            paid_orders=risk.paid_orders,
            net_spend_minor=Int64(risk.net_spend_minor),
            member_uuid=risk.prediction.member_id,
        )


@payload()
class PredictionsFitPayload(Payload):
    model: PredictionModel | None = strawberry.field(
        description="The model, or the latest while the fit is under way; see its status.",
        default=None,
    )
    predicted_members: int | None = strawberry.field(
        description="Members with a prediction by that model.", default=None
    )
    under_way: bool | None = strawberry.field(
        description="Too many buyers to wait for: `predictionModel` has a later `fittedAt` when it is done.",
        default=None,
    )


@strawberry.type
class PredictionQueries:
    @resolved("The model behind predictions, and why there is none; null before the first fit.")
    async def prediction_model(self, info: Info) -> PredictionModel | None:
        request = predictions_pb2.GetPredictionModelRequest()
        answer = await info.context.clients.predictions.GetPredictionModel(request)
        return PredictionModel.of(answer.model) if answer.HasField("model") else None

    @resolved("Members likely lost (流失预警), the most valuable first.")
    async def churn_risks(
        self, info: Info, first: First = 20, after: After = None, group: InGroup = None
    ) -> Connection[ChurnRisk] | None:
        request = predictions_pb2.ListChurnRisksRequest(
            page=page(info, first, after), group_id=optional_uuid(group, "Group", "group")
        )
        answer = await info.context.clients.predictions.ListChurnRisks(request)
        return connection(map(ChurnRisk.of, answer.risks), answer.page_info, after)


@strawberry.type
class PredictionMutations:
    @mutation("Fits the model now and predicts anew (重新预测); happens by itself every night.")
    async def predictions_fit(self, info: Info) -> PredictionsFitPayload | None:
        request = predictions_pb2.FitPredictionsRequest()
        answer = await info.context.clients.predictions.FitPredictions(request, timeout=WHOLE_TENANT)
        return PredictionsFitPayload(
            model=PredictionModel.of(answer.model) if answer.HasField("model") else None,
            predicted_members=answer.predicted,
            under_way=answer.under_way,
        )
