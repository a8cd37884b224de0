"""Evaluation sets in PostgreSQL; the service may not change what is frozen."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.case_tables import evaluation_items, evaluation_results, evaluation_sets
from risk.domain.errors import EvaluationSetNotFound, NameTaken
from risk.domain.evaluation import EvaluationItem, EvaluationResult, EvaluationSet, Versions
from risk.domain.label import LabelSource
from risk.domain.verdict import RiskCategory
from risk.enums import optional


class SqlEvaluationSets:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def add(self, frozen: EvaluationSet, items: Sequence[EvaluationItem]) -> None:
        row = asdict(frozen) | {"tenant_id": self._tenant_id}
        adding = insert(evaluation_sets).values(row).on_conflict_do_nothing()
        if (await self._connection.execute(adding)).rowcount != 1:
            raise NameTaken(f"There is a set named {frozen.name!r}: take another name")
        rows = [asdict(item) | {"tenant_id": self._tenant_id, "set_id": frozen.id} for item in items]
        await self._connection.execute(insert(evaluation_items), rows)

    async def get(self, set_id: UUID) -> EvaluationSet:
        query = select(evaluation_sets).where(evaluation_sets.c.id == set_id)
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise EvaluationSetNotFound(f"There is no evaluation set {set_id}")
        return _to_set(row)

    async def newest(self) -> EvaluationSet | None:
        newest_first = evaluation_sets.c.frozen_at.desc(), evaluation_sets.c.id.desc()
        query = select(evaluation_sets).order_by(*newest_first).limit(1)
        row = (await self._connection.execute(query)).one_or_none()
        return _to_set(row) if row else None

    async def texts(self) -> Collection[str]:
        return set((await self._connection.execute(select(evaluation_items.c.text))).scalars())

    async def page(self, request: PageRequest) -> Page[EvaluationSet]:
        order = evaluation_sets.c.frozen_at, evaluation_sets.c.id
        query = select(evaluation_sets)
        return await fetch_page(self._connection, query, order, request, _to_set, descending=True)

    async def items(self, set_id: UUID, after: int, count: int) -> Sequence[EvaluationItem]:
        query = (
            select(evaluation_items)
            .where(
                evaluation_items.c.tenant_id == self._tenant_id,
                evaluation_items.c.set_id == set_id,
                evaluation_items.c.number > after,
            )
            .order_by(evaluation_items.c.number)
            .limit(count)
        )
        return [
            EvaluationItem(
                row.number, row.text, optional(RiskCategory, row.category), LabelSource(row.source)
            )
            for row in await self._connection.execute(query)
        ]

    async def result(self, set_id: UUID, versions: Versions) -> EvaluationResult | None:
        query = select(evaluation_results).where(
            evaluation_results.c.set_id == set_id,
            evaluation_results.c.lexicon_version == versions.lexicon,
            evaluation_results.c.policy_version == versions.policy,
            evaluation_results.c.model_version == versions.model,
        )
        row = (await self._connection.execute(query)).one_or_none()
        return _to_result(row) if row else None

    async def add_result(self, result: EvaluationResult) -> None:
        row = {
            "tenant_id": self._tenant_id,
            "set_id": result.set_id,
            "lexicon_version": result.versions.lexicon,
            "policy_version": result.versions.policy,
            "model_version": result.versions.model,
            "evaluated_at": result.evaluated_at,
            "true_positives": result.true_positives,
            "false_positives": result.false_positives,
            "false_negatives": result.false_negatives,
            "true_negatives": result.true_negatives,
        }
        await self._connection.execute(insert(evaluation_results).values(row).on_conflict_do_nothing())

    async def results(self, set_ids: Collection[UUID]) -> Sequence[EvaluationResult]:
        query = (
            select(evaluation_results)
            .where(evaluation_results.c.set_id.in_(set_ids))
            .order_by(evaluation_results.c.evaluated_at.desc())
        )
        return [_to_result(row) for row in await self._connection.execute(query)]


def _to_set(row: Row[Any]) -> EvaluationSet:
    return EvaluationSet(
        id=row.id,
        name=row.name,
        from_at=row.from_at,
        until_at=row.until_at,
        frozen_at=row.frozen_at,
        frozen_by=row.frozen_by,
        labels=row.labels,
        sha256=row.sha256,
    )


def _to_result(row: Row[Any]) -> EvaluationResult:
    return EvaluationResult(
        set_id=row.set_id,
        versions=Versions(row.lexicon_version, row.policy_version, row.model_version),
        evaluated_at=row.evaluated_at,
        true_positives=row.true_positives,
        false_positives=row.false_positives,
        false_negatives=row.false_negatives,
        true_negatives=row.true_negatives,
    )
