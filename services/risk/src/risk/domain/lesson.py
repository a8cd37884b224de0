"""What a tenant's own model learns from, and what it is measured by: never the same text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from risk.domain.accuracy import is_held_back, plain_form
from risk.domain.classification import Labelled, require_enough
from risk.domain.errors import TooFewLabels


@dataclass(frozen=True, slots=True)
class Lesson:
    """Each text once, whatever was written between its letters and digits."""

    learnt: Sequence[Labelled]
    held_back: Sequence[Labelled]


def lesson_of(labelled: Iterable[Labelled], frozen: Iterable[str], exam: Sequence[Labelled] | None) -> Lesson:
    """`labelled`: the latest judgement of a text last. What is frozen is not learnt.

    Without an exam a fifth of the texts is held back for it. Raises TooFewLabels.
    """
    latest = _each_once(labelled)
    withheld = set(map(plain_form, frozen))
    learnable = [it for form, it in latest.items() if form not in withheld]
    if exam is None:
        learnt = [it for it in learnable if not is_held_back(it.text)]
        held_back = [it for it in learnable if is_held_back(it.text)]
    else:
        learnt, held_back = learnable, list(_each_once(exam).values())
    try:
        require_enough(learnt)
    except TooFewLabels as refusal:
        raise TooFewLabels(f"{refusal}. {len(latest) - len(learnt)} more are kept to measure by") from refusal
    if not held_back:
        raise TooFewLabels(f"None of {len(learnt)} texts is kept to measure by: close more cases")
    return Lesson(learnt, held_back)


def _each_once(labelled: Iterable[Labelled]) -> dict[str, Labelled]:
    return {plain_form(it.text): it for it in labelled}
