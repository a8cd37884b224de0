"""Predictions through the door of the running service."""

import subprocess
import sys
from datetime import UTC, datetime

import grpc
import pytest

from chassis.database import Database
from chassis.testbed.waiting import clear_of_midnight
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.segmentation.v1 import predictions_pb2 as pb
from segmentation.application.ports import Transactions

from ..purchases import histories_of, shoppers
from ..samples import Brand, days
from .door import Door, as_caller, refusal
from .moments import SHANGHAI
from .test_predicting import record, scalar


async def test_fit_read_and_refuse(
    door: Door, in_transaction: Transactions, database: Database, brand: Brand
) -> None:
    await clear_of_midnight("Asia/Shanghai")
    acts, now = shoppers(300, seed=11), datetime.now(UTC)
    await record(in_transaction, brand, acts, now)
    ids = [str(it) for it in histories_of(brand, acts, now).member_ids]
    with as_caller(brand):
        assert not (await door.predictions.GetPredictionModel(pb.GetPredictionModelRequest())).HasField(
            "model"
        )

        with pytest.raises(grpc.aio.AioRpcError) as late:
            await door.predictions.FitPredictions(pb.FitPredictionsRequest(), timeout=0.02)
        assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert await scalar(database, brand, "select count(*) from prediction_models") == 0

        fitted = await door.predictions.FitPredictions(pb.FitPredictionsRequest())
        assert (fitted.model.status, fitted.model.message) == (pb.FIT_STATUS_FITTED, "")
        assert fitted.predicted == fitted.model.buyers == fitted.model.fitted_buyers == len(ids)
        assert fitted.model.log_likelihood < 0
        assert fitted.model.HasField("backtest_actual_orders")
        model = await door.predictions.GetPredictionModel(pb.GetPredictionModelRequest())
        assert model.model == fitted.model

        wanted = pb.BatchGetPredictionsRequest(member_ids=[*ids[:3], str(brand.member("nobody"))])
        found = (await door.predictions.BatchGetPredictions(wanted)).predictions
        assert [it.member_id for it in found] == ids[:3]
        assert all(0 <= it.probability_alive <= 1 and it.expected_orders_90d >= 0 for it in found)

        page = PageRequest(first=5, count_total=True)
        risks = await door.predictions.ListChurnRisks(pb.ListChurnRisksRequest(page=page))
        assert 0 < len(risks.risks) <= risks.page_info.total_count
        assert all(it.prediction.probability_alive < 0.5 and it.paid_orders >= 3 for it in risks.risks)

        today = now.astimezone(SHANGHAI).date()
        dates = {"from_date": str(today - days(30)), "to_date": str(today)}
        of_tenant = pb.ListLifetimeValuesRequest(scope=pb.LIFETIME_SCOPE_TENANT, **dates)
        values = (await door.predictions.ListLifetimeValues(of_tenant)).values
        assert [(it.date, it.members) for it in values] == [(str(today), 300)]


async def test_refusals_name_reason_and_field(door: Door, brand: Brand) -> None:
    with as_caller(brand):
        fitted = await door.predictions.FitPredictions(pb.FitPredictionsRequest())
        assert fitted.model.status == pb.FIT_STATUS_TOO_LITTLE_DATA
        assert "已购成员 0 人（至少 100 人）" in fitted.model.message

        policy = (await door.predictions.GetPredictionPolicy(pb.GetPredictionPolicyRequest())).policy
        assert (policy.version, policy.minimum_buyers, policy.churn_below_alive) == (0, 100, 0.5)
        policy.churn_below_alive = 0.4
        update = pb.UpdatePredictionPolicyRequest(policy=policy, expected_version=0)
        assert (await door.predictions.UpdatePredictionPolicy(update)).policy.version == 1
        assert (await door.predictions.UpdatePredictionPolicy(update)).policy.version == 1
        policy.churn_below_alive = 0.3
        stale = pb.UpdatePredictionPolicyRequest(policy=policy, expected_version=0)
        assert await refusal(door.predictions.UpdatePredictionPolicy(stale)) == (
            "STALE_VERSION",
            "expected_version",
        )
        policy.minimum_repeat_buyers = 101
        odd = pb.UpdatePredictionPolicyRequest(policy=policy, expected_version=1)
        assert await refusal(door.predictions.UpdatePredictionPolicy(odd)) == (
            "INVALID_POLICY",
            "policy.minimum_repeat_buyers",
        )
        wrong = pb.ListLifetimeValuesRequest(
            scope=pb.LIFETIME_SCOPE_TIER, from_date="2026-02-30", to_date="2026-03-01"
        )
        assert await refusal(door.predictions.ListLifetimeValues(wrong)) == ("INVALID_WINDOW", "from_date")
        foreign = pb.ListChurnRisksRequest(page=PageRequest(first=5, after="bm9uc2Vuc2U"))
        assert await refusal(door.predictions.ListChurnRisks(foreign)) == ("INVALID_CURSOR", "after")
    with as_caller(brand, "partner"):
        fit = door.predictions.FitPredictions(pb.FitPredictionsRequest())
        assert (await refusal(fit))[0] == "NOT_ALLOWED"


def test_the_service_carries_no_numpy() -> None:
    """It is the worker's; the idle service must not grow by it."""
    loaded = "import segmentation.bootstrap, sys; print({'numpy', 'scipy'} & sys.modules.keys())"
    printed = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "set()"
