"""The lexicon that ships with the service, against people who advertise, chat, and attack."""

import time

import pytest

from risk.domain.screening import MAX_CODE_POINTS, MAX_FINDINGS
from risk.domain.verdict import RiskCategory, ScreeningPurpose, Verdict

from ..samples import ADVERT, DEFAULT_WORDS, NORMALISER, screener

MESSAGE = ScreeningPurpose.MESSAGE
SCREENER = screener(*DEFAULT_WORDS)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        (ADVERT, RiskCategory.ADVERT),
        ("兼 职 日 结，一单50，加V：abc12345", RiskCategory.ADVERT),
        ("抖音代發作品，私信我", RiskCategory.ADVERT),
        ("專業代開發票，聯繫13800138000", RiskCategory.ADVERT),
        ("线上赌场，首存送彩金", RiskCategory.GAMBLING),
        ("百\u200b家\u200b乐 稳赢", RiskCategory.GAMBLING),
        ("跑分车队，日入过千", RiskCategory.ADVERT),
        ("把验证码发给我", RiskCategory.FRAUD),
        ("同城约炮", RiskCategory.PORN),
        ("你就是个傻逼", RiskCategory.ABUSE),
        ("出售枪支弹药", RiskCategory.VIOLENCE),
    ],
)
def test_what_no_group_wants_is_blocked(text: str, category: RiskCategory) -> None:
    screening = SCREENER.screen(text, MESSAGE)
    assert screening.verdict is Verdict.BLOCK
    assert category in {finding.category for finding in screening.findings}


@pytest.mark.parametrize(
    "text",
    [
        "明天下午有校园招聘会",
        "谨防刷单返利，不要相信刷单返利",
        "孩子赌气不吃饭",
        "我妈的生日快到了",
        "手枪腿真好吃",
        "深水炸弹鸡尾酒推荐一下",
        "周末去棋牌室吗",
        "淘米洗米洗菜",
        "这件少妇风连衣裙适合我吗",
        "考研上岸了！",
        "孕期恶心想吐怎么办",
        "微信支付失败了怎么办",
        "收不到验证码",
        "推广普通话",
        "I am from Essex, she's ex-military",
        "最近在追狼人杀人游戏",
        "怎么加VIP会员",
        "爆炸头发型好看",
        "有没有适合油皮的面膜？128元贵吗",
    ],
)
def test_innocent_talk_with_risky_letters_passes(text: str) -> None:
    assert SCREENER.screen(text, MESSAGE).verdict is Verdict.ALLOW


def test_what_is_clean_leaves_nothing_to_store() -> None:
    screening = SCREENER.screen("今天的面膜很好用", MESSAGE)
    assert (screening.findings, screening.masked_text, screening.normal_form) == ((), "", "")


@pytest.mark.parametrize(
    "text",
    [
        "加微信" * MAX_CODE_POINTS,
        "招聘会" * MAX_CODE_POINTS,
        "1" * MAX_CODE_POINTS,
        "1-" * MAX_CODE_POINTS,
        "62" + "0 " * MAX_CODE_POINTS,
        "一" * MAX_CODE_POINTS,
        "a" * MAX_CODE_POINTS,
        "a." * MAX_CODE_POINTS,
        "q" * MAX_CODE_POINTS,
        "微信" * MAX_CODE_POINTS,
        "http://" * MAX_CODE_POINTS,
        "\u200b" * MAX_CODE_POINTS,
        "\ufdfa" * MAX_CODE_POINTS,
        "\ud800\udfff\x00" * MAX_CODE_POINTS,
        "13800138000 " * MAX_CODE_POINTS,
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_a_hostile_text_takes_bounded_time_and_space(text: str) -> None:
    started = time.process_time()
    screening = SCREENER.screen(text, MESSAGE)
    assert time.process_time() - started < 1
    assert len(screening.findings) <= MAX_FINDINGS
    assert len(screening.masked_text) <= MAX_CODE_POINTS


def test_what_is_kept_can_be_stored() -> None:
    screening = SCREENER.screen("刷单返现\x00\ud800", MESSAGE)
    assert screening.masked_text == "刷单返现\ufffd\ufffd"
    screening.masked_text.encode()


def test_shipped_words_are_all_usable_and_unique() -> None:
    forms = [NORMALISER.compact(word.text) for word in DEFAULT_WORDS]
    assert len(forms) > 700
    assert all(forms)
    assert sorted(forms) == sorted(set(forms))
