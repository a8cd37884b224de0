"""Personal data in texts that are no messages: names, notes, reasons, and what is stored already."""

from collections.abc import Callable

from risk.domain import patterns
from risk.domain.normal_form import Normaliser
from risk.domain.screening import MAX_CODE_POINTS, mask
from risk.domain.verdict import ScreeningPurpose

Hide = Callable[[str], str]
"""`masked`, by the normaliser of the process."""


def masked(text: str, normaliser: Normaliser) -> str:
    """The text with the middle of all personal data starred, fit to be stored."""
    return mask(text, patterns.search(normaliser(text[:MAX_CODE_POINTS]), ScreeningPurpose.MESSAGE))


def tells_of_somebody(text: str, normaliser: Normaliser) -> bool:
    """Whether personal data can be read in the text."""
    found = patterns.search(normaliser(text[:MAX_CODE_POINTS]), ScreeningPurpose.MESSAGE)
    return any(finding.rule in patterns.PERSONAL for finding in found)
