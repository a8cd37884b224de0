"""The labels of a period become an evaluation set."""

from datetime import datetime
from hashlib import sha256

from chassis.ids import new_id
from risk.application.ports import UnitOfWork
from risk.domain.errors import InvalidPeriod, NoLabels
from risk.domain.evaluation import EvaluationItem, EvaluationSet
from risk.domain.label import jsonl


async def freeze_labels(
    uow: UnitOfWork, name: str, from_at: datetime, until_at: datetime, frozen_by: str, now: datetime
) -> EvaluationSet:
    """As they are now, for ever, one for each case. Raises InvalidPeriod, NoLabels, NameTaken."""
    if from_at >= until_at:
        raise InvalidPeriod("The period ends before it begins", field="until_at")
    items = [
        EvaluationItem(number, label.text, label.category, label.source)
        for number, label in enumerate(await uow.labels.decided(from_at, until_at), start=1)
    ]
    if not items:
        raise NoLabels("Nothing was decided in this period: choose another one")
    content = "".join(jsonl(item.text, item.category, item.source) for item in items)
    frozen = EvaluationSet(
        id=new_id(),
        name=name,
        from_at=from_at,
        until_at=until_at,
        frozen_at=now,
        frozen_by=frozen_by,
        labels=len(items),
        sha256=sha256(content.encode()).hexdigest(),
    )
    await uow.evaluation_sets.add(frozen, items)
    return frozen
