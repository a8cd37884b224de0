"""What other words would have decided about the messages of the last days, before they are published."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from risk.application.judge_texts import Judge
from risk.application.ports import Screeners, UnitOfWork
from risk.application.read_texts import read_texts
from risk.domain.lexicon import Word
from risk.domain.normal_form import Normaliser
from risk.domain.replay import KeptText, WordReplay, replay
from risk.domain.screening import Screener
from risk.domain.verdict import RiskCategory, ScreeningPurpose, Verdict


@dataclass(frozen=True, slots=True)
class Trial:
    """Words to put and to remove, on the words in force, or on those the tenant had at `version`."""

    put: Sequence[Word]
    remove: Sequence[str]
    version: int | None
    days: int


@dataclass(frozen=True, slots=True)
class TrialResult:
    """`is_complete` unless there were more messages than one looks at."""

    replay: WordReplay
    is_complete: bool


async def try_words(
    uow: UnitOfWork, screeners: Screeners, normaliser: Normaliser, trial: Trial, now: datetime
) -> TrialResult:
    """Nothing is stored; a second of a thread at most. Raises InvalidWord, LexiconVersionNotFound."""
    put = [word.fit(normaliser) for word in trial.put]
    version = await uow.words.version() if trial.version is None else trial.version
    words = dict(await uow.words.at(version))
    words |= {normaliser.compact(word.text): word for word in put}
    for text in trial.remove:
        words.pop(normaliser.compact(text), None)
    screener = await screeners.with_words(list(words.values()))
    thresholds = (await uow.policies.current()).thresholds
    classifier = await screeners.classifiers.in_force(uow.classifier_models)
    judge = Judge(screener, ScreeningPurpose.MESSAGE, classifier, thresholds)
    removed = [Word(text, Verdict.REVIEW, RiskCategory.ADVERT) for text in trial.remove]
    tested = await screeners.of_words([*map(_counted, put), *removed])

    newest = await read_texts(uow, now - timedelta(days=trial.days))
    result = await asyncio.to_thread(_replayed, newest.kept, judge, tested)
    return TrialResult(result, newest.is_complete)


def _replayed(kept: Sequence[KeptText], judge: Judge, tested: Screener) -> WordReplay:
    """By what the classifier said then; where it was not asked, it is now."""
    asked = list(kept)
    if judge.classifier:
        unasked = [number for number, it in enumerate(kept) if it.probability is None]
        scores = judge.classifier.score_all([kept[number].text for number in unasked])
        for number, score in zip(unasked, scores, strict=True):
            asked[number] = replace(kept[number], probability=score.probability)
    return replay(asked, judge.screener, tested, judge.thresholds)


def _counted(word: Word) -> Word:
    """As a word that is found whatever it leads to."""
    return replace(word, verdict=Verdict.REVIEW, category=word.category or RiskCategory.ADVERT)
