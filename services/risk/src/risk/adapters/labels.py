"""Labels in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from risk.adapters.case_tables import labels
from risk.application.label_ports import Period, WordSuggestion
from risk.domain.agreement import PairCount
from risk.domain.label import OF_TEXTS, Label, LabelSource
from risk.domain.quality import DrawnCount
from risk.domain.verdict import RiskCategory, Verdict
from risk.enums import optional

_KEY = ["tenant_id", "case_id", "source"]
_DRAWN = text("""
    select cast(date_trunc('month', screened_at at time zone :zone) as date) as month,
           verdict, predicted, true as decided, category, source = 4 as of_name,
           count(*) as cases, sum(weight) as weight
    from labels
    where tenant_id = :tenant_id and drawn and screened_at >= :from_at and screened_at < :until_at
    group by 1, 2, 3, 5, 6
    union all
    select cast(date_trunc('month', opened_at at time zone :zone) as date),
           verdict, predicted, false, null, kind = 5, count(*), sum(weight)
    from cases
    where tenant_id = :tenant_id and status <> 3 and kind in (1, 3, 5) and (kind <> 5 or masked_text <> '')
      and opened_at >= :from_at and opened_at < :until_at
    group by 1, 2, 3, 6
""")
_PAIRS = text("""
    select cast(date_trunc('month', second.decided_at at time zone :zone) as date) as month,
           first.category as first, second.category as second, count(*) as pairs
    from labels second
    join labels first on first.tenant_id = second.tenant_id and first.case_id = second.case_id
                     and first.source <> second.source
    where second.tenant_id = :tenant_id and second.source = 3
      and second.decided_at >= :from_at and second.decided_at < :until_at
    group by 1, 2, 3
""")
_SUGGESTIONS = text("""
    select word, count(*) filter (where category is null) as false_alarms, count(category) as confirmed
    from labels cross join lateral unnest(words) as word
    where tenant_id = :tenant_id and source <> 3
      and not exists (
          select from lexicon_words
          where lexicon_words.tenant_id = :tenant_id and lexicon_words.word = word and verdict = 1
      )
    group by word
    having count(*) filter (where category is null) > 0
    order by false_alarms desc, confirmed, word
    limit :first
""")


class SqlLabels:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def put(self, made: Sequence[Label]) -> None:
        if not made:
            return
        rows = [asdict(label) | {"tenant_id": self._tenant_id, "words": list(label.words)} for label in made]
        adding = insert(labels).values(rows)
        replaced = {name: adding.excluded[name] for name in Label.__dataclass_fields__ if name not in _KEY}
        await self._connection.execute(adding.on_conflict_do_update(index_elements=_KEY, set_=replaced))

    async def withdraw(self, case_id: UUID) -> None:
        await self._connection.execute(
            delete(labels).where(
                labels.c.tenant_id == self._tenant_id,
                labels.c.case_id == case_id,
                labels.c.source != LabelSource.SECOND_LOOK.value,
            )
        )

    async def drawn(self, period: Period) -> Sequence[DrawnCount]:
        return [
            DrawnCount(
                month=row.month,
                verdict=Verdict(row.verdict),
                predicted=optional(RiskCategory, row.predicted),
                decided=row.decided,
                category=optional(RiskCategory, row.category),
                cases=row.cases,
                weight=row.weight,
                of_name=row.of_name,
            )
            for row in await self._connection.execute(_DRAWN, self._of(period))
        ]

    async def pairs(self, period: Period) -> Sequence[PairCount]:
        return [
            PairCount(
                row.month, optional(RiskCategory, row.first), optional(RiskCategory, row.second), row.pairs
            )
            for row in await self._connection.execute(_PAIRS, self._of(period))
        ]

    async def suggestions(self, first: int) -> Sequence[WordSuggestion]:
        rows = await self._connection.execute(_SUGGESTIONS, {"tenant_id": self._tenant_id, "first": first})
        return [WordSuggestion(row.word, row.false_alarms, row.confirmed) for row in rows]

    async def latest(self, most: int) -> Sequence[Label]:
        newest = (
            select(labels)
            .where(labels.c.tenant_id == self._tenant_id, labels.c.source.in_(OF_TEXTS))
            .order_by(labels.c.decided_at.desc(), labels.c.case_id.desc())
            .limit(most)
        )
        return [_to_label(row) for row in await self._connection.execute(newest)][::-1]

    async def decided(self, from_at: datetime, until_at: datetime) -> Sequence[Label]:
        query = (
            select(labels)
            .where(
                labels.c.tenant_id == self._tenant_id,
                labels.c.source.in_(OF_TEXTS),
                labels.c.decided_at >= from_at,
                labels.c.decided_at < until_at,
            )
            .order_by(labels.c.decided_at, labels.c.case_id)
        )
        return [_to_label(row) for row in await self._connection.execute(query)]

    def _of(self, period: Period) -> dict[str, Any]:
        return {"tenant_id": self._tenant_id, **asdict(period)}


def _to_label(row: Row[Any]) -> Label:
    return Label(
        case_id=row.case_id,
        source=LabelSource(row.source),
        text=row.text,
        category=optional(RiskCategory, row.category),
        reviewer=row.reviewer,
        decided_at=row.decided_at,
        screened_at=row.screened_at,
        verdict=Verdict(row.verdict),
        predicted=optional(RiskCategory, row.predicted),
        words=tuple(row.words),
        lexicon_version=row.lexicon_version,
        policy_version=row.policy_version,
        model_version=row.model_version,
        drawn=row.drawn,
        weight=row.weight,
    )
