"""How well the versions in force judge a frozen set."""

import asyncio
from collections import Counter
from datetime import datetime
from uuid import UUID

from risk.application.ports import Screeners, UnitOfWork
from risk.domain.evaluation import EvaluationResult, Versions
from risk.domain.verdict import ScreeningPurpose, Verdict


async def evaluate_set(
    uow: UnitOfWork, screeners: Screeners, set_id: UUID, now: datetime
) -> EvaluationResult:
    """Kept by versions: what was measured once is not measured again. Raises EvaluationSetNotFound."""
    frozen = await uow.evaluation_sets.get(set_id)
    screener = await screeners.current(uow.tenant_id, uow.words)
    policy = await uow.policies.current()
    versions = Versions(screener.lexicon.version, policy.version)
    if (known := await uow.evaluation_sets.result(set_id, versions)) is not None:
        return known
    items = await uow.evaluation_sets.items(set_id, 0, frozen.labels)
    texts = [item.text for item in items]
    screened = await asyncio.to_thread(screener.screen_all, texts, ScreeningPurpose.MESSAGE)
    cells = Counter(
        (screening.verdict > Verdict.ALLOW, item.category is not None)
        for screening, item in zip(screened, items, strict=True)
    )
    result = EvaluationResult(
        set_id=set_id,
        versions=versions,
        evaluated_at=now,
        true_positives=cells[True, True],
        false_positives=cells[True, False],
        false_negatives=cells[False, True],
        true_negatives=cells[False, False],
    )
    await uow.evaluation_sets.add_result(result)
    return result
