"""A tenant's own models in PostgreSQL; the weights apart, so that no list reads them."""

from collections.abc import Collection, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Update, exists, insert, select, text, update

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.classifier_tables import classifier_models, classifier_weights
from risk.domain.accuracy import Tally
from risk.domain.classifier_model import ClassifierModel, Figures, ModelState, Outcome, TrainingFailure
from risk.domain.errors import ClassifierModelNotFound
from risk.enums import optional

_TAKE_TURN = text("select pg_advisory_xact_lock(hashtextextended('risk.classifier/' || :tenant_id, 0))")
_IN_FORCE = select(classifier_models.c.id).where(classifier_models.c.state == ModelState.ACTIVE.value)
_UNDER_WAY = select(exists().where(classifier_models.c.state == ModelState.TRAINING.value))


class SqlClassifierModels:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def take_turn(self) -> None:
        await self._connection.execute(_TAKE_TURN, {"tenant_id": str(self._tenant_id)})

    async def add(self, model: ClassifierModel) -> None:
        row = {
            "tenant_id": self._tenant_id,
            "id": model.id,
            "state": model.state.value,
            "requested_by": model.requested_by,
            "requested_at": model.requested_at,
            "set_id": model.set_id,
            "attempt": model.attempt,
            "leased_until": model.requested_at,
            "activated_by": model.activated_by,
        }
        await self._connection.execute(insert(classifier_models).values(row))

    async def get(self, model_id: UUID) -> ClassifierModel:
        for model in await self.many([model_id]):
            return model
        raise ClassifierModelNotFound(f"There is no model {model_id}")

    async def many(self, ids: Collection[UUID]) -> Sequence[ClassifierModel]:
        query = select(classifier_models).where(classifier_models.c.id.in_(ids))
        return [_to_model(row) for row in await self._connection.execute(query)]

    async def page(self, request: PageRequest) -> Page[ClassifierModel]:
        order = classifier_models.c.requested_at, classifier_models.c.id
        query = select(classifier_models)
        return await fetch_page(self._connection, query, order, request, _to_model, descending=True)

    async def in_force(self) -> UUID | None:
        model_id: UUID | None = (await self._connection.execute(_IN_FORCE)).scalar()
        return model_id

    async def under_way(self) -> bool:
        return bool((await self._connection.execute(_UNDER_WAY)).scalar())

    async def save(self, model: ClassifierModel) -> None:
        saving = self._update(classifier_models.c.id == model.id).values(
            state=model.state.value, activated_at=model.activated_at, activated_by=model.activated_by
        )
        await self._connection.execute(saving)

    async def claim(self, model_id: UUID, now: datetime, until: datetime) -> ClassifierModel | None:
        claiming = (
            self._update(
                classifier_models.c.id == model_id,
                classifier_models.c.state == ModelState.TRAINING.value,
                classifier_models.c.leased_until <= now,
            )
            .values(attempt=classifier_models.c.attempt + 1, leased_until=until)
            .returning(classifier_models)
        )
        row = (await self._connection.execute(claiming)).one_or_none()
        return _to_model(row) if row else None

    async def renew(self, model: ClassifierModel, until: datetime) -> bool:
        renewing = self._attempt(model).values(leased_until=until)
        return (await self._connection.execute(renewing)).rowcount == 1

    async def finish(self, model: ClassifierModel, weights: bytes | None) -> bool:
        finishing = self._attempt(model).values(
            state=model.state.value,
            failure=model.failure and model.failure.value,
            finished_at=model.finished_at,
            **(_outcome_row(model.outcome) if model.outcome else {}),
        )
        if (await self._connection.execute(finishing)).rowcount != 1:
            return False
        if weights is not None:
            row = {"tenant_id": self._tenant_id, "model_id": model.id, "weights": weights}
            await self._connection.execute(insert(classifier_weights).values(row))
        return True

    async def weights(self, model_id: UUID) -> bytes:
        query = select(classifier_weights.c.weights).where(classifier_weights.c.model_id == model_id)
        weights: bytes = (await self._connection.execute(query)).scalar_one()
        return weights

    def _attempt(self, model: ClassifierModel) -> Update:
        """Of a model that nobody else has begun anew or finished since."""
        return self._update(
            classifier_models.c.id == model.id,
            classifier_models.c.attempt == model.attempt,
            classifier_models.c.state == ModelState.TRAINING.value,
        )

    def _update(self, *conditions: ColumnElement[bool]) -> Update:
        return update(classifier_models).where(classifier_models.c.tenant_id == self._tenant_id, *conditions)


def _outcome_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "risky": outcome.risky,
        "innocent": outcome.innocent,
        "version": outcome.measured.version,
        "measured": astuple(outcome.measured.tally),
        "in_force_version": outcome.in_force.version,
        "in_force": astuple(outcome.in_force.tally),
    }


def _to_model(row: Row[Any]) -> ClassifierModel:
    outcome = None
    if row.version is not None:
        measured = Figures(row.version, Tally(*row.measured))
        in_force = Figures(row.in_force_version, Tally(*row.in_force))
        outcome = Outcome(row.risky, row.innocent, measured, in_force)
    return ClassifierModel(
        id=row.id,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        set_id=row.set_id,
        state=ModelState(row.state),
        attempt=row.attempt,
        outcome=outcome,
        failure=optional(TrainingFailure, row.failure),
        finished_at=row.finished_at,
        activated_at=row.activated_at,
        activated_by=row.activated_by,
    )
