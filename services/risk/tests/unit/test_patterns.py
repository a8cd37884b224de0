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
