"""Labels to learn from: risky and innocent texts that words and patterns have no opinion about."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chassis.ids import new_id
from risk.domain.label import Label, LabelSource
from risk.domain.verdict import RiskCategory, Verdict

from .samples import NOW

RISKY, HARMLESS = "拼单团购水果{}斤", "晚上一起去公园散步{}圈"


def label(text: str, category: RiskCategory | None, decided_at: datetime = NOW) -> Label:
    """Of a case of its own."""
    return Label(
        case_id=new_id(),
        source=LabelSource.REVIEWER,
        text=text,
        category=category,
        reviewer="tester",
        decided_at=decided_at,
        screened_at=decided_at,
        verdict=Verdict.REVIEW,
        predicted=None,
        words=(),
        lexicon_version=1,
        policy_version=0,
        model_version="",
        drawn=True,
        weight=1.0,
    )


def labels(of_each: int, start: datetime = NOW, first: int = 0) -> Sequence[Label]:
    """So many risky and so many harmless texts, all different, a second apart."""
    return [
        label(pattern.format(number), category, start + timedelta(seconds=number))
        for number in range(first, first + of_each)
        for pattern, category in ((RISKY, RiskCategory.ADVERT), (HARMLESS, None))
    ]
