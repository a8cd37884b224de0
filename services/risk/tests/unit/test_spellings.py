"""What is written otherwise on purpose is found, and stands where it was sent."""

import pytest

from risk.domain.errors import InvalidWord
from risk.domain.lexicon import Word
from risk.domain.verdict import RiskCategory, ScreeningPurpose, Verdict

from ..samples import NORMALISER, SPELLINGS, allowed, blocked, screener

MESSAGE = ScreeningPurpose.MESSAGE


def by_sound(text: str) -> Word:
    return Word(text, Verdict.BLOCK, RiskCategory.ADVERT, match_homophones=True)


def taken_apart(text: str) -> Word:
    return Word(text, Verdict.BLOCK, RiskCategory.ADVERT, match_splits=True)


@pytest.mark.parametrize(
    ("word", "text", "start", "end"),
    [
        (by_sound("刷单返现"), "来，唰-丹反限！", 2, 7),
        (by_sound("刷单返现"), "shua dan fan xian 来", 0, 17),
        (by_sound("一夜情"), "找衣夜晴", 1, 4),
        (taken_apart("赌场"), "去贝者场玩", 1, 4),
        (taken_apart("赌博"), "贝 者 博", 0, 5),
        (taken_apart("办法"), "办⺡去", 0, 3),
        (blocked("加微信"), "快加威❤信", 1, 5),
        (blocked("加微信"), "➕ V X", 0, 5),
        (blocked("porn"), "p0rn", 0, 4),
        (blocked("раypal返现"), "PаyPal返现", 0, 8),
    ],
)
def test_other_spellings_are_found(word: Word, text: str, start: int, end: int) -> None:
    (finding,) = screener(word).screen(text, MESSAGE).findings
    assert (finding.rule, finding.start, finding.end) == (word.text, start, end)


@pytest.mark.parametrize("text", ["唰丹反限", "shuadanfanxian", "贝者场"])
def test_only_where_the_word_asks(text: str) -> None:
    assert screener(blocked("刷单返现"), blocked("赌场")).screen(text, MESSAGE).verdict is Verdict.ALLOW


def test_an_allowed_word_excuses_what_sounds_like_a_risky_one() -> None:
    lexicon = screener(by_sound("百家乐"), allowed("我白加了"))
    assert lexicon.screen("我白加了", MESSAGE).verdict is Verdict.ALLOW
    assert lexicon.screen("白加了", MESSAGE).verdict is Verdict.BLOCK


def test_a_word_of_its_own_is_not_another_spelling() -> None:
    lexicon = screener(blocked("加微信"), allowed("加威信"))
    assert lexicon.screen("加威信", MESSAGE).verdict is Verdict.ALLOW


def test_one_character_is_no_sound_to_look_for() -> None:
    with pytest.raises(InvalidWord):
        by_sound("赌").fit(NORMALISER)


def test_spellings_of_a_word_are_bounded() -> None:
    forms = SPELLINGS.forms("加微信支付宝银行卡二维码扣扣加群" * 3, splits=True, homophones=True)
    assert 0 < len(forms) <= 64


def test_sounds_stand_one_for_one() -> None:
    text = "abc加1微x信𠀀"
    assert len(SPELLINGS.sound(text)) == len(text)
    assert SPELLINGS.sound("刷单") == SPELLINGS.sound("唰丹") != SPELLINGS.sound("刷卡")
