"""Innocent phrases with risky words in them; whatever was once held back by mistake joins the list."""

from pathlib import Path

import pytest

from risk.domain.verdict import ScreeningPurpose, Verdict

from ..samples import DEFAULT_WORDS, screener

SCREENER = screener(*DEFAULT_WORDS)
PHRASES = (Path(__file__).parents[1] / "data" / "innocent_zh.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("phrase", PHRASES)
def test_an_innocent_phrase_is_allowed(phrase: str) -> None:
    screening = SCREENER.screen(phrase, ScreeningPurpose.MESSAGE)
    assert screening.verdict is Verdict.ALLOW, screening.findings


def test_there_are_enough_of_them() -> None:
    assert len(set(PHRASES)) == len(PHRASES) >= 150
