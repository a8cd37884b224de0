import pytest

from risk.domain.patterns import bank_card_is_valid, id_card_is_valid
from risk.domain.verdict import RiskCategory, ScreeningPurpose, Verdict

from ..samples import doubtful, screener

MESSAGE, CONTENT = ScreeningPurpose.MESSAGE, ScreeningPurpose.CONTENT
NO_WORDS = screener()


@pytest.mark.parametrize(
    ("text", "rule", "masked"),
    [
        ("打13800138000", "phone", "打138******00"),
        ("打 138-0013-8000。", "phone", "打 138********00。"),
        ("打１３８００１３８０００", "phone", "打１３８******００"),
        ("打一三八零零一三八零零零", "phone", "打一三八******零零"),
        ("打138.0013.8000", "phone", "打138********00"),
        ("打1-3-8-0-0-1-3-8-0-0-0吧", "phone", "打1-3****************-0吧"),
        ("tel13800138000", "phone", "tel138******00"),
        ("打l38oo138ooo", "phone", "打l38******oo"),
        ("打幺三八洞洞幺三八洞洞洞", "phone", "打幺三八******洞洞"),
        ("身份证110105 19491231 002X", "id_card", "身份证110***************2X"),
        ("加🐧2096209202", "qq", "加🐧209*****02"),
        ("扣 扣 二零九六二零九二零二", "qq", "扣 扣 二零九*****零二"),
        ("加裙123456789", "qq", "加裙123****89"),
        ("徽❤号abc_12345", "wechat", "徽❤号abc****45"),
        ("薇a b c 1 2 3 4", "wechat", "薇a b******** 4"),
        ("ѵх：ａｂｃ１２３４５", "wechat", "ѵх：ａｂｃ***４５"),
        ("加微信一三五七九二四六八", "wechat", "加微信一三五****六八"),
        ("看 baidu点com", "hidden_link", None),
        ("看 abc123。top", "hidden_link", None),
        ("扫 https://u.wechat.com/EAbCdEf12", "qr_text", None),
        ("wxp://f2f0AbCdEf", "qr_text", None),
        ("+86 13800138000", "phone", "+86 138******00"),
        ("身份证11010519491231002X", "id_card", "身份证110*************2X"),
        ("卡号6222 0212 3456 7890 128", "bank_card", "卡号622******************28"),
        ("加Q：2096209202", "qq", "加Q：209*****02"),
        ("VX: abc_12345", "wechat", "VX: abc****45"),
        ("微信wangli23276", "wechat", "微信wan******76"),
        ("看 https://example.com/a?b=1 吧", "link", None),
        ("看www.example.com吧", "link", None),
        ("点t.cn/AbC123", "short_link", None),
        ("致电400-123-4567", "landline", None),
    ],
)
def test_shapes_are_told_apart_and_personal_data_is_masked(text: str, rule: str, masked: str | None) -> None:
    screening = NO_WORDS.screen(text, MESSAGE)
    assert [finding.rule for finding in screening.findings] == [rule]
    assert screening.verdict is Verdict.REVIEW
    assert screening.masked_text == (masked or text)


@pytest.mark.parametrize(
    "text",
    [
        "订单20261122000123456789",
        "身份证110105194912310021",
        "卡号6222021234567890123",
        "价格 128.50 元，共 3 件",
        "快递单号 SF1234567890123",
        "版本 3.11.7",
        "电话号码13800138000123",
        "微信windows版",
        "早上8:30-10:30开会",
        "13:00-15:00 200元",
        "微信 windows 10 版",
        "一二三四五六七八",
        "两点cn区开服",
        "lol lol lol lol",
        "第1、3、5、7、9、11、13期",
        "2026-11-22 08:00:00",
        "3 4 5 6 7 8 9 10 11 12",
        "v1.2.3版本",
        "a.b",
    ],
)
def test_numbers_that_are_none_of_these_are_left_alone(text: str) -> None:
    assert NO_WORDS.screen(text, MESSAGE).verdict is Verdict.ALLOW


def test_checksums() -> None:
    assert id_card_is_valid("11010519491231002x")
    assert not id_card_is_valid("110105194912310021")
    assert bank_card_is_valid("4111 1111 1111 1111")
    assert not bank_card_is_valid("4111111111111112")


def test_nothing_personal_is_in_the_normal_form() -> None:
    screening = NO_WORDS.screen("一三八〇〇一三八〇〇〇，身份证11010519491231002X", MESSAGE)
    assert "13800138000" not in screening.normal_form
    assert "110105" not in screening.normal_form


def test_the_brand_may_link_and_name_its_hotline_but_show_no_card() -> None:
    assert NO_WORDS.screen("详见 https://brand.example.com 或 400-123-4567", CONTENT).verdict is Verdict.ALLOW
    assert NO_WORDS.screen("身份证11010519491231002X", CONTENT).verdict is Verdict.BLOCK


def test_a_doubtful_word_beside_a_contact_is_a_solicitation() -> None:
    lexicon = screener(doubtful("兼职"))
    assert lexicon.screen("有人做兼职吗", MESSAGE).verdict is Verdict.REVIEW
    screening = lexicon.screen("兼职找我 VX: abc_12345", MESSAGE)
    assert screening.verdict is Verdict.BLOCK
    assert ("solicitation", RiskCategory.ADVERT) in {(f.rule, f.category) for f in screening.findings}
    assert lexicon.screen("兼职找我 VX: abc_12345", CONTENT).verdict is Verdict.REVIEW
