import pytest

from risk.domain.errors import InvalidWord
from risk.domain.lexicon import Word
from risk.domain.verdict import RiskCategory, ScreeningPurpose, Verdict

from ..samples import NORMALISER, allowed, blocked, doubtful, screener

MESSAGE = ScreeningPurpose.MESSAGE


def test_a_hit_says_where_it_stands_in_the_text_as_it_was_sent() -> None:
    screening = screener(blocked("加微信")).screen("快！+\u200b微 信吧", MESSAGE)
    (finding,) = screening.findings
    assert (finding.rule, finding.start, finding.end) == ("加微信", 2, 7)
    assert screening.verdict is Verdict.BLOCK


def test_the_highest_verdict_wins() -> None:
    screening = screener(doubtful("兼职"), blocked("赌场", RiskCategory.GAMBLING)).screen("兼职赌场", MESSAGE)
    assert screening.verdict is Verdict.BLOCK
    assert [finding.rule for finding in screening.findings] == ["兼职", "赌场"]


def test_an_allowed_word_excuses_only_what_is_inside_it() -> None:
    lexicon = screener(doubtful("招聘"), allowed("招聘会"))
    assert lexicon.screen("明天有招聘会", MESSAGE).verdict is Verdict.ALLOW
    screening = lexicon.screen("招聘会也招聘", MESSAGE)
    assert [(f.start, f.end) for f in screening.findings] == [(4, 6)]


def test_a_longer_risky_word_is_not_excused_by_a_shorter_allowed_one() -> None:
    assert screener(blocked("刷单返现"), allowed("返现")).screen("刷单返现", MESSAGE).verdict is Verdict.BLOCK


def test_of_one_form_the_later_word_holds() -> None:
    assert screener(blocked("刷单"), allowed("刷單")).screen("刷单", MESSAGE).verdict is Verdict.ALLOW


@pytest.mark.parametrize("text", ["sex", "Sex!", "s.e.x", "ＳＥＸ", "性sex性", "s\u200be\u200bx"])
def test_a_latin_word_is_found_when_it_stands_alone(text: str) -> None:
    assert screener(blocked("sex")).screen(text, MESSAGE).verdict is Verdict.BLOCK


@pytest.mark.parametrize("text", ["Essex", "sexton", "she's ex", "is ex", "use x"])
def test_a_latin_word_is_not_cut_out_of_others(text: str) -> None:
    assert screener(blocked("sex")).screen(text, MESSAGE).verdict is Verdict.ALLOW


def test_the_latin_end_of_a_mixed_word_is_not_cut_either() -> None:
    lexicon = screener(blocked("加v"))
    assert lexicon.screen("加V13800", MESSAGE).verdict is Verdict.BLOCK
    assert lexicon.screen("加VIP会员", MESSAGE).verdict is Verdict.ALLOW


@pytest.mark.parametrize(
    ("text", "verdict", "category"), [("……", Verdict.BLOCK, RiskCategory.ADVERT), ("词", Verdict.BLOCK, None)]
)
def test_a_word_that_cannot_work_is_refused(
    text: str, verdict: Verdict, category: RiskCategory | None
) -> None:
    with pytest.raises(InvalidWord) as refusal:
        Word(text, verdict, category).fit(NORMALISER)
    assert refusal.value.field == "words"
