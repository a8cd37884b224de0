"""The whole verdict on a message: what words and patterns found, and what the classifier says beside it."""

from collections.abc import Collection
from dataclasses import replace

from risk.domain import patterns
from risk.domain.classification import Score, Thresholds
from risk.domain.lexicon import Lexicon
from risk.domain.screening import Screening, with_finding
from risk.domain.verdict import Detector, Finding, Verdict, highest


def judged(
    found: Screening, text: str, score: Score, model_version: str, thresholds: Thresholds, lexicon: Lexicon
) -> Screening:
    """The same screening with the probability, and what it leads to: a finding, or all doubts overruled."""
    verdict = by_probability(found.findings, score.probability, thresholds, lexicon)
    if verdict < found.verdict:
        overruled = tuple(replace(finding, overruled=True) for finding in found.findings)
        return replace(found, verdict=verdict, findings=overruled, probability=score.probability)
    whole = Screening(
        found.verdict,
        found.findings,
        found.masked_text,
        found.normal_form,
        found.fingerprint,
        score.probability,
    )
    said = thresholds.verdict(Verdict.ALLOW, score.probability)
    if said is Verdict.ALLOW or score.category is None:
        return whole
    finding = Finding(score.category, said, Detector.CLASSIFIER, model_version, 0, len(text))
    return with_finding(whole, text, finding)


def by_probability(
    found: Collection[Finding], probability: float | None, thresholds: Thresholds, lexicon: Lexicon
) -> Verdict:
    """Of a text in which words and patterns found this; None: the classifier was not asked."""
    verdict = highest(found)
    if probability is None:
        return verdict
    return thresholds.verdict(verdict, probability, firm=_has_firm_doubt(found, lexicon))


def _has_firm_doubt(findings: Collection[Finding], lexicon: Lexicon) -> bool:
    """Whether no classifier may overrule them: the tenant's own word, a number proved by its checksum."""
    return any(
        finding.verdict is Verdict.REVIEW
        and (
            finding.rule in lexicon.own
            if finding.detector is Detector.LEXICON
            else finding.rule in patterns.PROVED
        )
        for finding in findings
    )
