"""Messages of the last days decided again, by other words: what would have been different."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from risk.domain.classification import Thresholds
from risk.domain.judgement import has_firm_doubt
from risk.domain.lexicon import Lexicon
from risk.domain.screening import SOLICITATION, Screener, solicitations
from risk.domain.verdict import Detector, Finding, ScreeningPurpose, Verdict, highest

MOST_SAMPLES = 20
_OF_BEHAVIOUR = (Detector.FLOODING, Detector.DUPLICATE)


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
    """A message that would be decided otherwise."""

    activity_id: UUID
    text: str
    before: Verdict
    after: Verdict


@dataclass(slots=True)
class Replay:
    """What other words would have changed. `hits`: messages by tested word."""

    messages: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    changes: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)


def replay(kept: Iterable[KeptText], screener: Screener, tested: Screener, thresholds: Thresholds) -> Replay:
    """Decide by the words of `screener`; `tested` holds the words to count.

    What else was found stays, and so does what the classifier said: masked text has lost its numbers.
    """
    result = Replay()
    for message in kept:
        result.messages += 1
        result.hits.update({finding.rule for finding in _words_in(message.text, tested)})
        after = _verdict_by(_words_in(message.text, screener), message, screener.lexicon, thresholds)
        if after is message.verdict:
            continue
        result.changes[message.verdict, after] += 1
        if len(result.samples) < MOST_SAMPLES:
            result.samples.append(Sample(message.activity_id, message.text, message.verdict, after))
    return result


def _words_in(text: str, screener: Screener) -> list[Finding]:
    findings = screener.screen(text, ScreeningPurpose.MESSAGE).findings
    return [finding for finding in findings if finding.detector is Detector.LEXICON]


def _verdict_by(
    words: Sequence[Finding], message: KeptText, lexicon: Lexicon, thresholds: Thresholds
) -> Verdict:
    shapes = [f for f in message.findings if f.detector is Detector.PATTERN and f.rule != SOLICITATION]
    found = [*words, *(replace(shape, overruled=False) for shape in shapes), *solicitations(words, shapes)]
    verdict = highest(found)
    if message.probability is not None:
        firm = has_firm_doubt(found, lexicon)
        verdict = thresholds.verdict(verdict, message.probability, firm=firm)
    return max(verdict, highest(f for f in message.findings if f.detector in _OF_BEHAVIOUR))
