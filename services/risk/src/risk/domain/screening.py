"""Screening of one text by words and patterns, with personal data hidden in what is kept of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from risk.domain import patterns
from risk.domain.lexicon import Lexicon
from risk.domain.normal_form import Normaliser
from risk.domain.verdict import Detector, Finding, RiskCategory, ScreeningPurpose, Verdict, highest

MAX_CODE_POINTS = 20_000
MAX_FINDINGS = 20
_SOLICITING = frozenset((RiskCategory.ADVERT, RiskCategory.PORN, RiskCategory.GAMBLING, RiskCategory.FRAUD))
_VISIBLE_HEAD, _VISIBLE_TAIL = 3, 2
# PostgreSQL stores neither of them.
_UNSTORABLE = {0: "\ufffd"} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found in one text. The texts are empty when nothing was found: then nothing of it is kept."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    masked_text: str = ""
    normal_form: str = ""


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
        if not words and not shapes:
            return CLEAN
        found = [*words, *shapes]
        if purpose is ScreeningPurpose.MESSAGE:
            found += _solicitations(words, shapes)
        masked = mask(normal.original, shapes)
        return Screening(highest(found), gravest(found), masked, self._normaliser.compact(masked))


def mask(text: str, findings: Iterable[Finding]) -> str:
    """The text with the middle of all personal data starred, fit to be stored."""
    characters = list(text)
    for finding in findings:
        if finding.rule in patterns.PERSONAL:
            for position in range(finding.start + _VISIBLE_HEAD, finding.end - _VISIBLE_TAIL):
                characters[position] = "*"
    return "".join(characters).translate(_UNSTORABLE)


def gravest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The gravest findings in order of the text; a text full of hits says no more than its first twenty."""
    kept = sorted(findings, key=lambda finding: (-finding.verdict, finding.start))[:MAX_FINDINGS]
    return tuple(sorted(kept, key=lambda finding: (finding.start, finding.end)))


def _solicitations(words: Sequence[Finding], shapes: Sequence[Finding]) -> list[Finding]:
    """A doubtful word beside a way to be reached outside the group is no longer doubtful."""
    if not any(shape.rule in patterns.CONTACTS for shape in shapes):
        return []
    return [
        Finding(word.category, Verdict.BLOCK, Detector.PATTERN, "solicitation", word.start, word.end)
        for word in words
        if word.verdict is Verdict.REVIEW and word.category in _SOLICITING
    ]
