"""Predictions, models and their policy in PostgreSQL; rows of a fit are seen once its model is in force."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.buyer_histories import COUNT, HISTORIES
from segmentation.adapters.totals import total_of
from segmentation.domain.predictions import (
    AsOf,
    Backtest,
    BuyerCounts,
    BuyerHistories,
    ChurnRisk,
    FitStatus,
    Forecasts,
    IdRange,
    ModelParameters,
    Prediction,
    PredictionModel,
    PredictionPolicy,
    Unsettled,
)

# Whoever puts a fit in force, or a policy, waits for the others.
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('predictions/' || :tenant_id, 0))")
IN_FORCE = f"""
    select fit_id, fitted_at from prediction_models
    where status <> {FitStatus.NOT_CONVERGED:d} order by fit_id desc limit 1
"""  # noqa: S608 constants only
_ADD = text("""
    insert into predictions (tenant_id, fit_id, member_id, expected_orders, probability_alive,
                             order_value_minor, expected_value_minor, paid_orders, net_spend_minor, at_risk)
    select :tenant_id, :fit_id, member_id, expected, alive, round(value), round(value * expected),
        paid_orders, net_minor, alive < :churn_below and paid_orders >= :churn_orders
    from unnest(cast(:member_ids as uuid[]), cast(:orders as float8[]), cast(:alive as float8[]),
                cast(:values as float8[]), cast(:paid_orders as integer[]), cast(:net_minor as bigint[]))
         as it (member_id, expected, alive, value, paid_orders, net_minor)
""")
_ADD_MODEL = text("""
    insert into prediction_models (tenant_id, fit_id, status, fitted_at, document)
    select :tenant_id, :fit_id, :status, :fitted_at, cast(:document as jsonb)
    where not exists (select from prediction_models where fit_id > :fit_id)
""")
_SWEEP = text(f"""
    with in_force as ({IN_FORCE})
    delete from predictions
    where fit_id <= :fit_id and fit_id is distinct from (select fit_id from in_force)
""")  # noqa: S608 constants only
_MODEL = text("""
    select fit_id, status, fitted_at, cast(document as text) as document from prediction_models
    order by fit_id desc limit 1
""")
_PREDICTION = """
    select p.*, f.fitted_at as as_of from predictions p join in_force f using (fit_id)
"""
_BY_MEMBERS = text(f"""
    with in_force as ({IN_FORCE}) {_PREDICTION}
    where p.member_id = any(cast(:member_ids as uuid[])) order by p.member_id
""")
_LOST = """at_risk and not exists (select from orders o where o.member_id = p.member_id
                                   and o.paid_at > f.fitted_at)"""
_PRESENT = """ and exists (select from memberships s where s.member_id = p.member_id
                           and s.group_id = :group_id and s.left_at is null)"""
_AFTER = " and (net_spend_minor < :net_minor or net_spend_minor = :net_minor and p.member_id > :after)"
_CHURN = {
    (group, after): text(f"""
        with in_force as ({IN_FORCE}) {_PREDICTION}
        where {_LOST}{_PRESENT if group else ""}{_AFTER if after else ""}
        order by net_spend_minor desc, p.member_id limit :limit
    """)
    for group in (False, True)
    for after in (False, True)
}
_POLICY = text("select cast(document as text) from prediction_policies order by version desc limit 1")
_ADD_POLICY = text("""
    insert into prediction_policies (tenant_id, version, document, created_at)
    values (:tenant_id, :version, cast(:document as jsonb), :created_at)
""")


class SqlPredictions:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def count_buyers(self, as_of: AsOf) -> BuyerCounts:
        row = (await self._connection.execute(COUNT, {"at": as_of.at, "zone": as_of.zone.key})).one()
        return BuyerCounts(row.buyers, row.repeat_buyers)

    async def histories(self, as_of: AsOf, ids: IdRange) -> BuyerHistories:
        parameters = {
            "at": as_of.at,
            "zone": as_of.zone.key,
            "today": as_of.today,
            "earlier": as_of.backtest_day,
            "first": ids.first,
            "last": ids.last,
        }
        row = (await self._connection.execute(HISTORIES, parameters)).one()
        return BuyerHistories(**{column.name: getattr(row, column.name) or () for column in _HISTORY})

    async def add(
        self, fit_id: UUID, histories: BuyerHistories, forecasts: Forecasts, policy: PredictionPolicy
    ) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "fit_id": fit_id,
            "member_ids": histories.member_ids,
            "orders": forecasts.orders,
            "alive": forecasts.alive,
            "values": forecasts.order_value_minor,
            "paid_orders": histories.paid_orders,
            "net_minor": histories.net_spend_minor,
            "churn_below": policy.churn_below_alive,
            "churn_orders": policy.churn_minimum_orders,
        }
        await self._connection.execute(_ADD, parameters)

    async def put_in_force(self, model: PredictionModel) -> bool:
        await self._connection.execute(_LOCK, {"tenant_id": str(self._tenant_id)})
        parameters = {
            "tenant_id": self._tenant_id,
            "fit_id": model.fit_id,
            "status": model.status,
            "fitted_at": model.fitted_at,
            "document": orjson.dumps(asdict(model)).decode(),
        }
        added = (await self._connection.execute(_ADD_MODEL, parameters)).rowcount == 1
        await self._connection.execute(_SWEEP, {"fit_id": model.fit_id})
        return added

    async def model(self) -> PredictionModel | None:
        row = (await self._connection.execute(_MODEL)).one_or_none()
        return _model(row) if row else None

    async def by_members(self, member_ids: Sequence[UUID]) -> Sequence[Prediction]:
        rows = await self._connection.execute(_BY_MEMBERS, {"member_ids": list(member_ids)})
        return [_prediction(row) for row in rows]

    async def churn_risks(self, request: PageRequest, group_id: UUID | None) -> Page[ChurnRisk]:
        parameters: dict[str, Any] = {"group_id": group_id} if group_id else {}
        matches = f"({IN_FORCE}) f join predictions p using (fit_id) where {_LOST}"
        total = await total_of(
            self._connection, request, matches + (_PRESENT if group_id else ""), parameters
        )
        parameters["limit"] = request.first + 1
        if request.after:
            parameters["net_minor"], parameters["after"] = request.place(int, UUID)
        statement = _CHURN[bool(group_id), bool(request.after)]
        rows = await self._connection.execute(statement, parameters)
        risks = [ChurnRisk(_prediction(row), row.paid_orders, row.net_spend_minor) for row in rows]
        return page_of(risks, request, _key, total)

    async def policy(self) -> PredictionPolicy:
        document = (await self._connection.execute(_POLICY)).scalar_one_or_none()
        return PredictionPolicy(**orjson.loads(document)) if document else PredictionPolicy()

    async def replaceable_policy(self) -> PredictionPolicy:
        await self._connection.execute(_LOCK, {"tenant_id": str(self._tenant_id)})
        return await self.policy()

    async def add_policy(self, policy: PredictionPolicy, now: datetime) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "version": policy.version,
            "document": orjson.dumps(asdict(policy)).decode(),
            "created_at": now,
        }
        await self._connection.execute(_ADD_POLICY, parameters)


_HISTORY = fields(BuyerHistories)


def _key(risk: ChurnRisk) -> tuple[int, UUID]:
    return risk.net_spend_minor, risk.prediction.member_id


def _prediction(row: Row[Any]) -> Prediction:
    return Prediction(
        row.member_id,
        row.expected_orders,
        row.probability_alive,
        row.order_value_minor,
        row.expected_value_minor,
        row.as_of,
    )


def _model(row: Row[Any]) -> PredictionModel:
    document = orjson.loads(row.document)
    parameters, backtest, unsettled = (document[it] for it in ("parameters", "backtest", "unsettled"))
    return PredictionModel(
        fit_id=row.fit_id,
        status=FitStatus(row.status),
        fitted_at=row.fitted_at,
        counts=BuyerCounts(**document["counts"]),
        policy=PredictionPolicy(**document["policy"]),
        parameters=ModelParameters(**parameters) if parameters else None,
        backtest=Backtest(**backtest) if backtest else None,
        predicted=document["predicted"],
        unsettled=Unsettled(unsettled) if unsettled else None,
    )
