"""Messages of the last days decided again, by other words: what would have been different."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from risk.domain.classification import Thresholds
from risk.domain.judgement import by_probability
from risk.domain.lexicon import Lexicon
from risk.domain.screening import SOLICITATION, Screener, solicitations
from risk.domain.verdict import Detector, Finding, ScreeningPurpose, Verdict, highest

MOST_SAMPLES = 20
OF_BEHAVIOUR = (Detector.FLOODING, Detector.DUPLICATE)
_OF_TEXT = (Detector.LEXICON, Detector.PATTERN)


@dataclass(frozen=True, slots=True)
class KeptText:
    """The masked text of a message, with what was decided about it."""

    activity_id: UUID
    text: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A message as it was decided, and as it would be."""

    activity_id: UUID
    text: str
    before: Verdict
    after: Verdict


@dataclass(slots=True)
class Replay:
    """What would have been decided otherwise. `samples`: the first MOST_SAMPLES."""

    messages: int = 0
    changes: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    def add(self, message: Sample) -> None:
        """Its verdict may have stayed."""
        self.messages += 1
        if message.after is message.before:
            return
        self.changes[message.before, message.after] += 1
        if len(self.samples) < MOST_SAMPLES:
            self.samples.append(message)


@dataclass(slots=True)
class WordReplay(Replay):
    """`hits`: messages by tested word."""

    hits: Counter[str] = field(default_factory=Counter)


def found_in_text(findings: Iterable[Finding]) -> list[Finding]:
    """By words and patterns, as if the classifier had overruled nothing."""
    return [replace(it, overruled=False) for it in findings if it.detector in _OF_TEXT]


def replay(
    kept: Iterable[KeptText], screener: Screener, tested: Screener, thresholds: Thresholds
) -> WordReplay:
    """Decide by the words of `screener`; `tested` holds the words to count.

    What else was found stays, and so does what the classifier said: masked text has lost its numbers.
    """
    result = WordReplay()
    for message in kept:
        result.hits.update({finding.rule for finding in _words_in(message.text, tested)})
        after = _verdict_by(_words_in(message.text, screener), message, screener.lexicon, thresholds)
        result.add(Sample(message.activity_id, message.text, message.verdict, after))
    return result


def _words_in(text: str, screener: Screener) -> list[Finding]:
    findings = screener.screen(text, ScreeningPurpose.MESSAGE).findings
    return [finding for finding in findings if finding.detector is Detector.LEXICON]


def _verdict_by(
    words: Sequence[Finding], message: KeptText, lexicon: Lexicon, thresholds: Thresholds
) -> Verdict:
    shapes = [f for f in message.findings if f.detector is Detector.PATTERN and f.rule != SOLICITATION]
    found = [*words, *(replace(shape, overruled=False) for shape in shapes), *solicitations(words, shapes)]
    verdict = by_probability(found, message.probability, thresholds, lexicon)
    return max(verdict, highest(f for f in message.findings if f.detector in OF_BEHAVIOUR))
