"""What the whole verdict on texts is: words and patterns, and of messages the classifier too."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from risk.application.classifier_ports import Classifier
from risk.application.ports import Screeners, UnitOfWork
from risk.domain.classification import Thresholds
from risk.domain.judgement import judged
from risk.domain.policy import RiskPolicy
from risk.domain.screening import Screener, Screening
from risk.domain.verdict import ScreeningPurpose, Verdict


@dataclass(frozen=True, slots=True)
class Judge:
    """One version of the words, of the model and of the policy. Without a classifier, words and patterns."""

    screener: Screener
    purpose: ScreeningPurpose
    classifier: Classifier | None
    thresholds: Thresholds

    @property
    def model_version(self) -> str:
        """Empty: no classifier is in force."""
        return self.classifier.version if self.classifier else ""

    def judge_all(self, texts: Sequence[str]) -> list[Screening]:
        """One screening per text, in order; the same text is judged once. For a thread: it may take long."""
        distinct = list(dict.fromkeys(texts))
        found = dict(zip(distinct, self.screener.screen_all(distinct, self.purpose), strict=True))
        if self.classifier:
            found |= self._classified(found, self.classifier)
        return [found[text] for text in texts]

    def _classified(self, found: dict[str, Screening], classifier: Classifier) -> dict[str, Screening]:
        """Texts that are not blocked already."""
        asked = [text for text, screening in found.items() if screening.verdict is not Verdict.BLOCK]
        scores, version = classifier.score_all(asked), classifier.version
        return {
            text: judged(found[text], text, score, version, self.thresholds, self.screener.lexicon)
            for text, score in zip(asked, scores, strict=True)
        }


async def current_judge(
    uow: UnitOfWork, screeners: Screeners, policy: RiskPolicy, purpose: ScreeningPurpose
) -> Judge:
    """Of the versions that the transaction sees.

    Content of the brand is not for a model of what members write; nor is a model asked that changes nothing.
    """
    screener = await screeners.current(uow.tenant_id, uow.words)
    thresholds = policy.thresholds
    is_asked = purpose is ScreeningPurpose.MESSAGE and thresholds.matter
    classifier = await screeners.classifiers.in_force(uow.classifier_models) if is_asked else None
    return Judge(screener, purpose, classifier, thresholds)


async def judge_texts(judge: Judge, texts: Sequence[str]) -> list[Screening]:
    """In a thread: long texts must not hold up other callers."""
    return await asyncio.to_thread(judge.judge_all, texts)
