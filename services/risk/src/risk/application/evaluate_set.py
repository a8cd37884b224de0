"""How well the versions in force judge a frozen set."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from risk.application.judge_texts import current_judge, judge_texts
from risk.application.ports import Screeners, UnitOfWork
from risk.domain.evaluation import EvaluationResult, Versions
from risk.domain.verdict import ScreeningPurpose, Verdict


async def evaluate_set(
    uow: UnitOfWork, screeners: Screeners, set_id: UUID, now: datetime
) -> EvaluationResult:
    """Kept by versions: what was measured once is not measured again. Raises EvaluationSetNotFound."""
    frozen = await uow.evaluation_sets.get(set_id)
    policy = await uow.policies.current()
    judge = await current_judge(uow, screeners, policy, ScreeningPurpose.MESSAGE)
    versions = Versions(judge.screener.lexicon.version, policy.version, judge.model_version)
    if (known := await uow.evaluation_sets.result(set_id, versions)) is not None:
        return known
    items = await uow.evaluation_sets.items(set_id, 0, frozen.labels)
    screened = await judge_texts(judge, [item.text for item in items])
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
