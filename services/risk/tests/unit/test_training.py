"""Quizzes that can be made again, and when somebody has completed a training."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from risk.domain.errors import InvalidPolicy
from risk.domain.quiz import JudgedText, make_quiz, wrong_answers
from risk.domain.rota_errors import AnswersMissing
from risk.domain.training import Attendance, month_after, month_of
from risk.domain.training_policy import TrainingPolicy
from risk.domain.verdict import RiskCategory

from ..samples import NOW

SEED = UUID(int=7)
JUDGED = [
    JudgedText(f"{category.name if category else '正常'}{number}", category)
    for category in (None, RiskCategory.ADVERT, RiskCategory.FRAUD, RiskCategory.PORN)
    for number in range(9)
]


def test_the_same_texts_and_seed_give_the_same_quiz() -> None:
    assert make_quiz(JUDGED, 8, SEED) == make_quiz(JUDGED[::-1], 8, SEED)
    assert make_quiz(JUDGED, 8, SEED) != make_quiz(JUDGED, 8, UUID(int=8))


def test_questions_are_of_as_many_categories_as_there_are() -> None:
    quiz = make_quiz(JUDGED, 8, SEED)
    assert [question.number for question in quiz] == list(range(1, 9))
    assert set(Counter(question.answer for question in quiz).values()) == {2}
    assert len({question.masked_text for question in quiz}) == 8


def test_the_right_answer_is_among_four_different_ones() -> None:
    quiz = make_quiz(JUDGED, 20, SEED)
    assert all(question.answer in question.options for question in quiz)
    assert all(len(set(question.options)) == len(question.options) == 4 for question in quiz)
    assert len({question.options.index(question.answer) for question in quiz}) > 1
    assert not any(RiskCategory.FLOODING in question.options for question in quiz)


def test_a_text_judged_in_two_ways_is_no_question() -> None:
    twice = [JudgedText("加群", None), JudgedText("加群", RiskCategory.ADVERT)]
    assert make_quiz([*twice, JudgedText("早", None)], 5, SEED)[0].masked_text == "早"
    assert make_quiz([*twice, JudgedText("刷屏", RiskCategory.FLOODING)], 5, SEED) == []


def test_wrong_answers() -> None:
    quiz = make_quiz(JUDGED, 4, SEED)
    answers = {question.number: question.answer for question in quiz}
    assert wrong_answers(quiz, answers) == []
    wrong = next(it for it in quiz[1].options if it is not quiz[1].answer)
    assert wrong_answers(quiz, answers | {2: wrong}) == [2]
    for odd in ({1: None}, answers | {9: None}):
        with pytest.raises(AnswersMissing):
            wrong_answers(quiz, odd)


def test_completed_is_attended_and_passed_in_either_order() -> None:
    enrolled, later = Attendance(new_id(), "ann", "安"), NOW + timedelta(days=1)
    attended = enrolled.attend(NOW)
    assert attended.completed_at is None
    assert attended.answer(4, 5, 80, later).completed_at == later
    failed = enrolled.answer(3, 5, 80, NOW)
    assert (failed.score_percent, failed.tries, failed.passed) == (60, 1, False)
    passed = failed.answer(5, 5, 80, NOW)
    assert (passed.completed_at, passed.tries) == (None, 2)
    completed = passed.attend(later)
    assert (completed.attended_at, completed.completed_at) == (later, later)
    assert completed.answer(0, 5, 80, later + timedelta(days=1)).completed_at == later


def test_months() -> None:
    assert month_of(date(2026, 12, 31)) == date(2026, 12, 1)
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_after(date(2026, 1, 1)) == date(2026, 2, 1)


def test_a_policy_out_of_range_is_refused() -> None:
    for values in ({"questions": 0}, {"pass_percent": 101}, {"due_days": 3, "remind_days_before": 3}):
        with pytest.raises(InvalidPolicy):
            TrainingPolicy(**values)
