import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..samples import NORMALISER


@pytest.mark.parametrize(
    ("written", "compact"),
    [
        ("加-V 信", "加v信"),
        ("➕Ｖ信", "加v信"),
        ("+v信", "加v信"),
        ("加\u200bV\ufeff信", "加v信"),
        ("微❤信", "微信"),
        ("賭場", "赌场"),
        ("一夜情", "1夜情"),
        ("壹③Ⅳ❺", "13iv5"),
        ("①②③④⑤", "12345"),
        ("𝓽𝓶2971", "tm2971"),
        ("🅥🅧🇶🇶", "vxqq"),
        ("aͫ7ͫ7ͫ", "a77"),
        ("\ud800加\udfff", "加"),
        ("ѵх微信", "vx微信"),
        ("Ｗеⅽһａｔ", "wechat"),
        ("ロ⼝口", "口口口"),
        ("⺡去", "氵去"),
        ("café ＱＱ", "cafeqq"),
        ("\u202e\u2066加\u2069\u202c\u0301v", "加v"),
        ("…！？ \t\n", ""),
    ],
)
def test_ways_of_writing_come_down_to_one(written: str, compact: str) -> None:
    assert NORMALISER.compact(written) == compact


def test_the_way_back_leads_to_the_text_as_it_was_sent() -> None:
    text = NORMALISER("说：㎏加\u200b- V!")
    assert text.compact == "说kg加v"
    positions = text.folded_positions(3, 5)
    assert text.span_of_folded(positions[0], positions[-1] + 1) == (3, 8)


@given(st.text(st.characters(), max_size=200))
def test_every_position_of_every_form_has_an_origin(written: str) -> None:
    text = NORMALISER(written)
    assert len(text.folded_positions(0, len(text.compact))) == len(text.compact)
    assert len(text.with_digits) == len(text.folded)
    if text.folded:
        start, end = text.span_of_folded(0, len(text.folded))
        assert 0 <= start < end <= len(written)
