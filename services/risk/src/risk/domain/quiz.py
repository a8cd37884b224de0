"""Questions made from closed cases: what is this text?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from random import Random
from uuid import UUID

from risk.domain.rota_errors import AnswersMissing
from risk.domain.verdict import RiskCategory

_WRONG_OPTIONS = 3
# No single text shows it.
_NO_ANSWER = {RiskCategory.FLOODING}
_ANSWERS: Sequence[RiskCategory | None] = (None, *(it for it in RiskCategory if it not in _NO_ANSWER))


@dataclass(frozen=True, slots=True)
class JudgedText:
    """A text with its personal data masked, and what a reviewer found it to be; None: harmless."""

    masked_text: str
    category: RiskCategory | None


@dataclass(frozen=True, slots=True)
class Question:
    """`number` counts from 1; None among the options is harmless."""

    number: int
    masked_text: str
    options: tuple[RiskCategory | None, ...]
    answer: RiskCategory | None


def make_quiz(judged: Iterable[JudgedText], count: int, seed: UUID) -> list[Question]:
    """Up to `count` questions, of as many categories as there are; the same for the same texts and seed.

    A text that was judged in two ways is no question.
    """
    found: dict[str, set[RiskCategory | None]] = {}
    for it in judged:
        found.setdefault(it.masked_text, set()).add(it.category)
    clear = {text: next(iter(answers)) for text, answers in found.items() if len(answers) == 1}
    # Chance that can be repeated is what is wanted.
    chance = Random(seed.int)  # noqa: S311
    piles: list[list[JudgedText]] = []
    for answer in _ANSWERS:
        pile = sorted(text for text, right in clear.items() if right is answer)
        chance.shuffle(pile)
        piles.append([JudgedText(text, answer) for text in pile])
    chance.shuffle(piles)
    drawn = [it for turn in zip_longest(*piles) for it in turn if it is not None][:count]
    return [
        Question(number, it.masked_text, _options(it.category, chance), it.category)
        for number, it in enumerate(drawn, 1)
    ]


def wrong_answers(questions: Sequence[Question], answers: Mapping[int, RiskCategory | None]) -> list[int]:
    """Their numbers. Raises AnswersMissing unless each question, and nothing else, is answered."""
    if {it.number for it in questions} != set(answers):
        raise AnswersMissing(f"Answer each of the {len(questions)} questions once")
    return [it.number for it in questions if answers[it.number] is not it.answer]


def _options(right: RiskCategory | None, chance: Random) -> tuple[RiskCategory | None, ...]:
    wrong = [it for it in _ANSWERS if it is not right]
    options = [right, *chance.sample(wrong, _WRONG_OPTIONS)]
    chance.shuffle(options)
    return tuple(options)
