"""Predictions as the messages of proto/quanzi/segmentation/v1/predictions.proto, and back."""

from chassis import texts
from chassis.timestamps import timestamp
from quanzi.segmentation.v1 import predictions_pb2, tiers_pb2
from segmentation.domain.predictions import (
    ChurnRisk,
    LifetimeValue,
    ModelParameters,
    Prediction,
    PredictionModel,
    PredictionPolicy,
)

text = texts.load("segmentation")
_NOTHING = ModelParameters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def model_to_wire(model: PredictionModel) -> predictions_pb2.PredictionModel:
    found, backtest = model.parameters or _NOTHING, model.backtest
    return predictions_pb2.PredictionModel(
        status=predictions_pb2.FitStatus.ValueType(model.status),
        message="" if model.parameters else _why(model),
        fitted_at=timestamp(model.fitted_at),
        buyers=model.counts.buyers,
        repeat_buyers=model.counts.repeat_buyers,
        r=found.r,
        alpha=found.alpha,
        a=found.a,
        b=found.b,
        p=found.p,
        q=found.q,
        gamma_minor=found.gamma_minor,
        log_likelihood=found.log_likelihood,
        fitted_buyers=found.fitted_buyers,
        backtest_predicted_orders=backtest.predicted_orders if backtest else None,
        backtest_actual_orders=backtest.actual_orders if backtest else None,
    )


def _why(model: PredictionModel) -> str:
    return text(
        "fit",
        f"{model.status.name}_{model.unsettled.name}" if model.unsettled else model.status.name,
        buyers=model.counts.buyers,
        repeat_buyers=model.counts.repeat_buyers,
        minimum_buyers=model.policy.minimum_buyers,
        minimum_repeat_buyers=model.policy.minimum_repeat_buyers,
    )


def prediction_to_wire(prediction: Prediction) -> predictions_pb2.Prediction:
    return predictions_pb2.Prediction(
        member_id=str(prediction.member_id),
        expected_orders_90d=prediction.orders,
        probability_alive=prediction.alive,
        expected_order_value_minor=prediction.order_value_minor,
        expected_value_90d_minor=prediction.value_minor,
        as_of=timestamp(prediction.as_of),
    )


def churn_risk_to_wire(risk: ChurnRisk) -> predictions_pb2.ChurnRisk:
    return predictions_pb2.ChurnRisk(
        prediction=prediction_to_wire(risk.prediction),
        paid_orders=risk.paid_orders,
        net_spend_minor=risk.net_spend_minor,
    )


def lifetime_value_to_wire(value: LifetimeValue) -> predictions_pb2.LifetimeValue:
    return predictions_pb2.LifetimeValue(
        date=value.date.isoformat(),
        tier=tiers_pb2.Tier.ValueType(value.tier or 0),
        group_id=str(value.group_id or ""),
        members=value.members,
        mean_historic_minor=value.mean_historic_minor,
        mean_expected_90d_minor=value.mean_expected_minor,
        total_minor=value.total_minor,
    )


def prediction_policy_to_wire(policy: PredictionPolicy) -> predictions_pb2.PredictionPolicy:
    return predictions_pb2.PredictionPolicy(
        version=policy.version,
        minimum_buyers=policy.minimum_buyers,
        minimum_repeat_buyers=policy.minimum_repeat_buyers,
        churn_below_alive=policy.churn_below_alive,
        churn_minimum_orders=policy.churn_minimum_orders,
    )


def prediction_policy_from_wire(policy: predictions_pb2.PredictionPolicy) -> PredictionPolicy:
    """Raises InvalidPolicy."""
    return PredictionPolicy(
        minimum_buyers=policy.minimum_buyers,
        minimum_repeat_buyers=policy.minimum_repeat_buyers,
        churn_below_alive=policy.churn_below_alive,
        churn_minimum_orders=policy.churn_minimum_orders,
    )
