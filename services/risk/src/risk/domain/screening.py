"""Screening of one text by words and patterns, with personal data hidden in what is kept of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from risk.domain import patterns
from risk.domain.copies import fingerprint
from risk.domain.lexicon import Lexicon
from risk.domain.normal_form import Normaliser
from risk.domain.verdict import Detector, Finding, RiskCategory, ScreeningPurpose, Verdict, highest

MAX_CODE_POINTS = 20_000
MAX_FINDINGS = 20
_SOLICITING = frozenset((RiskCategory.ADVERT, RiskCategory.PORN, RiskCategory.GAMBLING, RiskCategory.FRAUD))
_VISIBLE_HEAD, _VISIBLE_TAIL = 3, 2
# Of a shorter one its ends alone are told.
_LONG = 8
# PostgreSQL stores neither of them.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
SOLICITATION = "solicitation"


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found in one text. The texts are empty when nothing was found.

    `fingerprint` tells whether two texts are the same but for the way they are written; None for short ones.
    `probability` is what the classifier says; None: it was not asked.
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    masked_text: str = ""
    normal_form: str = ""
    fingerprint: int | None = None
    probability: float | None = None


CLEAN = Screening(Verdict.ALLOW)


class Screener:
    """Screens by one version of a tenant's lexicon."""

    def __init__(self, lexicon: Lexicon, normaliser: Normaliser) -> None:
        self.lexicon = lexicon
        self._normaliser = normaliser

    def screen_all(self, texts: Iterable[str], purpose: ScreeningPurpose) -> list[Screening]:
        """One screening per text, in order."""
        return [self.screen(text, purpose) for text in texts]

    def screen(self, text: str, purpose: ScreeningPurpose) -> Screening:
        """Pure, and bounded in time: a text is cut at MAX_CODE_POINTS."""
        if not text:
            return CLEAN
        normal = self._normaliser(text[:MAX_CODE_POINTS])
        words = self.lexicon.search(normal)
        shapes = patterns.search(normal, purpose)
        print_of_it = fingerprint(normal.compact)
        if not words and not shapes:
            return CLEAN if print_of_it is None else Screening(Verdict.ALLOW, fingerprint=print_of_it)
        found = [*words, *shapes]
        if purpose is ScreeningPurpose.MESSAGE:
            found += solicitations(words, shapes)
        masked = mask(normal.original, shapes)
        normal_form = normal.compact if masked == normal.original else self._normaliser.compact(masked)
        return Screening(highest(found), gravest(found), masked, normal_form, print_of_it)


def with_finding(screening: Screening, text: str, finding: Finding) -> Screening:
    """The same screening with something more found, in the whole text."""
    return replace(
        screening,
        verdict=max(screening.verdict, finding.verdict),
        findings=gravest([*screening.findings, finding]),
        masked_text=screening.masked_text or storable(text),
    )


def mask(text: str, findings: Iterable[Finding]) -> str:
    """The text with the middle of all personal data starred, fit to be stored."""
    for finding in findings:
        is_long = finding.end - finding.start >= _LONG
        head, tail = (_VISIBLE_HEAD, _VISIBLE_TAIL) if is_long else (1, 1)
        start, end = finding.start + head, finding.end - tail
        if finding.rule in patterns.PERSONAL and start < end:
            text = text[:start] + "*" * (end - start) + text[end:]
    return storable(text)


def storable(text: str) -> str:
    """The text as PostgreSQL takes it: without NUL and lone surrogates, and no longer than is screened."""
    return _UNSTORABLE.sub("\ufffd", text[:MAX_CODE_POINTS])


def gravest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest findings in order of the text; a text full of hits says no more than its first twenty."""
    kept = sorted(findings, key=lambda f: (f.overruled, -f.verdict, f.start))[:MAX_FINDINGS]
    return tuple(sorted(kept, key=lambda finding: (finding.start, finding.end)))


def solicitations(words: Sequence[Finding], shapes: Sequence[Finding]) -> list[Finding]:
    """A doubtful word beside a way to be reached outside the group is no longer doubtful."""
    if not any(shape.rule in patterns.CONTACTS for shape in shapes):
        return []
    return [
        Finding(word.category, Verdict.BLOCK, Detector.PATTERN, SOLICITATION, word.start, word.end)
        for word in words
        if word.verdict is Verdict.REVIEW and word.category in _SOLICITING
    ]
