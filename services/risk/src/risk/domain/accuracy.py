"""How often a judgement of texts is right."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

_HELD_BACK_OF_256 = 51


@dataclass(frozen=True, slots=True)
class Tally:
    """Texts by whether they are risky and whether they were flagged. A share of nothing is None."""

    true_positives: int = 0
    false_positives: int = 0
    false_negatives: int = 0
    true_negatives: int = 0

    @classmethod
    def of(cls, judged: Iterable[tuple[bool, bool]]) -> "Tally":
        """From (is risky, was flagged)."""
        counts = {(risky, flagged): 0 for risky in (True, False) for flagged in (True, False)}
        for pair in judged:
            counts[pair] += 1
        return cls(counts[True, True], counts[False, True], counts[True, False], counts[False, False])

    @property
    def texts(self) -> int:
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def accuracy(self) -> float | None:
        return _share(self.true_positives + self.true_negatives, self.texts)

    @property
    def precision(self) -> float | None:
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float | None:
        return _share(2 * self.true_positives, self.texts + self.true_positives - self.true_negatives)

    @property
    def false_positive_rate(self) -> float | None:
        return _share(self.false_positives, self.false_positives + self.true_negatives)


def is_held_back(text: str) -> bool:
    """Whether a text is of the fifth never learnt from; texts of the same letters and digits are on one side.

    By a hash of its plain form: however normalising gets better, no text changes sides.
    """
    digest = sha256(plain_form(text).encode("utf-8", "surrogatepass")).digest()
    return digest[0] < _HELD_BACK_OF_256


def plain_form(text: str) -> str:
    """Letters and digits, or the text itself if it has none; texts alike in it belong together."""
    unified = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, unified)) or text


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
