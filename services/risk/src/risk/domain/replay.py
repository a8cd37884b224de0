"""Messages of the last days decided again, by other words: what would have been different."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from risk.domain.screening import SOLICITATION, Screener, solicitations
from risk.domain.verdict import Detector, Finding, ScreeningPurpose, Verdict, highest

MOST_SAMPLES = 20


@dataclass(frozen=True, slots=True)
class KeptText:
    """The masked text of a message, with what was decided about it."""

    activity_id: UUID
    text: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()


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


def replay(kept: Iterable[KeptText], screener: Screener, tested: Screener) -> Replay:
    """Decide by the words of `screener`; `tested` holds the words to count. What else was found stays."""
    result = Replay()
    for message in kept:
        result.messages += 1
        result.hits.update({finding.rule for finding in _words_in(message.text, tested)})
        after = _verdict_by(_words_in(message.text, screener), message.findings)
        if after is message.verdict:
            continue
        result.changes[message.verdict, after] += 1
        if len(result.samples) < MOST_SAMPLES:
            result.samples.append(Sample(message.activity_id, message.text, message.verdict, after))
    return result


def _words_in(text: str, screener: Screener) -> list[Finding]:
    findings = screener.screen(text, ScreeningPurpose.MESSAGE).findings
    return [finding for finding in findings if finding.detector is Detector.LEXICON]


def _verdict_by(words: Sequence[Finding], found: Sequence[Finding]) -> Verdict:
    """Of these words and what other detectors found then: masked text has lost its numbers."""
    others = [f for f in found if f.detector is not Detector.LEXICON and f.rule != SOLICITATION]
    return highest([*words, *others, *solicitations(words, others)])
