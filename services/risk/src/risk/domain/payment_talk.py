"""Talk of payment outside the official channel (私下交易)."""

from risk.domain.lexicon import Lexicon
from risk.domain.normal_form import Normaliser
from risk.domain.screening import MAX_CODE_POINTS
from risk.domain.verdict import Finding

# What screening finds by its shape and is an offer to pay somebody.
_SHAPES = frozenset(("bank_card",))


class PaymentTalk:
    """Finds it by words of its own; its allowed words name the official channel."""

    def __init__(self, words: Lexicon, normaliser: Normaliser) -> None:
        self._words, self._normaliser = words, normaliser

    def find(self, text: str, screened: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """`screened` is what screening found in the text. Empty: it talks of no payment."""
        shapes = [finding for finding in screened if finding.rule in _SHAPES]
        return (*self._words.search(self._normaliser(text[:MAX_CODE_POINTS])), *shapes)
