"""How right screening is on judged texts, and how fast."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from risk.application.classifier_ports import Classifier
from risk.application.judge_texts import Judge
from risk.domain.accuracy import Tally
from risk.domain.classification import Labelled, Thresholds
from risk.domain.obfuscation import Obfuscation, Obfuscator
from risk.domain.screening import Screener
from risk.domain.screening_accuracy import Accuracy, Disguised, Evaluation, Naming, Speed
from risk.domain.verdict import ScreeningPurpose, Verdict

Stopwatch = Callable[[], float]
"""Seconds since some moment."""
Screen = Callable[[Sequence[str]], Sequence[Verdict]]

_TIMED_SINGLY = 2_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A text with its label, and the names under which the file counts it."""

    labelled: Labelled
    source: str
    category: str


@dataclass(frozen=True, slots=True)
class Judges:
    """The parts of screening; `unnormalised` looks for the same words in texts as they are written."""

    screener: Screener
    unnormalised: Screener
    classifier: Classifier
    thresholds: Thresholds

    def words_and_patterns(self, texts: Sequence[str]) -> list[Verdict]:
        return _verdicts(self.screener, texts)

    def without_normalisation(self, texts: Sequence[str]) -> list[Verdict]:
        return _verdicts(self.unnormalised, texts)

    def whole(self, texts: Sequence[str]) -> list[Verdict]:
        judge = Judge(self.screener, ScreeningPurpose.MESSAGE, self.classifier, self.thresholds)
        return [screening.verdict for screening in judge.judge_all(texts)]


def evaluate_screening(
    judged: Sequence[Judged], judges: Judges, stopwatch: Stopwatch, obfuscator: Obfuscator | None, seed: int
) -> Evaluation:
    """With an obfuscator, also on disguised copies of the risky texts."""
    texts = [each.labelled.text for each in judged]
    flagged, speed = _timed(judges.whole, texts, stopwatch)
    plainly_flagged, plain_speed = _timed(judges.words_and_patterns, texts, stopwatch)
    disguised = []
    if obfuscator:
        risky = [text for each, text in zip(judged, texts, strict=True) if each.labelled.is_risky]
        disguised = [_disguised(risky, way, judges, obfuscator, seed) for way in Obfuscation]
    return Evaluation(
        model_version=judges.classifier.version,
        whole=_accuracy(judged, flagged),
        words_and_patterns=_accuracy(judged, plainly_flagged),
        naming=_naming(judged, flagged, judges.classifier),
        speed=speed,
        words_and_patterns_speed=plain_speed,
        disguised=disguised,
    )


def _timed(screen: Screen, texts: Sequence[str], stopwatch: Stopwatch) -> tuple[list[bool], Speed]:
    """Everything in one batch, then some one by one; the first call, which loads things, is not timed."""
    screen(texts[:1])
    began = stopwatch()
    flagged = [verdict is not Verdict.ALLOW for verdict in screen(texts)]
    seconds = stopwatch() - began
    singly = []
    for text in texts[:_TIMED_SINGLY]:
        began = stopwatch()
        screen([text])
        singly.append(stopwatch() - began)
    p99 = sorted(singly)[len(singly) * 99 // 100] if singly else 0.0
    return flagged, Speed(len(texts) / seconds if seconds else 0.0, p99 * 1_000)


def _accuracy(judged: Sequence[Judged], flagged: Sequence[bool]) -> Accuracy:
    pairs = [(each.labelled.is_risky, flag) for each, flag in zip(judged, flagged, strict=True)]
    by_source: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    by_category: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for each, pair in zip(judged, pairs, strict=True):
        by_source[each.source].append(pair)
        by_category[each.category].append(pair)
    return Accuracy(
        Tally.of(pairs),
        {source: Tally.of(pairs) for source, pairs in sorted(by_source.items())},
        {category: Tally.of(pairs) for category, pairs in sorted(by_category.items())},
    )


def _naming(judged: Sequence[Judged], flagged: Sequence[bool], classifier: Classifier) -> Naming:
    of_a_kind = [
        each.labelled for each, flag in zip(judged, flagged, strict=True) if flag and each.labelled.category
    ]
    scores = classifier.score_all([labelled.text for labelled in of_a_kind])
    right = sum(
        score.category is labelled.category for labelled, score in zip(of_a_kind, scores, strict=True)
    )
    return Naming(len(of_a_kind), right)


def _disguised(
    risky: Sequence[str], way: Obfuscation, judges: Judges, obfuscator: Obfuscator, seed: int
) -> Disguised:
    random = Random(f"{way.value} {seed}")  # noqa: S311 nothing secret: the same copies each time
    copies = [(text, copy) for text in risky if (copy := obfuscator.disguise(text, way, random)) != text]
    texts, disguised = [text for text, _ in copies], [copy for _, copy in copies]
    return Disguised(
        way,
        len(copies),
        undisguised=_flagged(judges.whole(texts)),
        not_normalised=_flagged(judges.without_normalisation(disguised)),
        words_and_patterns=_flagged(judges.words_and_patterns(disguised)),
        whole_verdict=_flagged(judges.whole(disguised)),
    )


def _verdicts(screener: Screener, texts: Sequence[str]) -> list[Verdict]:
    return [screening.verdict for screening in screener.screen_all(texts, ScreeningPurpose.MESSAGE)]


def _flagged(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict is not Verdict.ALLOW for verdict in verdicts)
