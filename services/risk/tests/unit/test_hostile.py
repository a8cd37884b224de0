"""Whatever is sent, screening answers, and says where things stand in the text as it was sent."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from risk.adapters.classifier.shipped import SENTIMENT, StoredClassifier
from risk.domain import patterns
from risk.domain.screening import MAX_CODE_POINTS, MAX_FINDINGS, Screening, storable
from risk.domain.verdict import ScreeningPurpose

from ..samples import DEFAULT_WORDS, NORMALISER, SPELLINGS, screener

SCREENER = screener(*DEFAULT_WORDS)
CLASSIFIERS = StoredClassifier.shipped(), StoredClassifier.shipped(SENTIMENT)
MESSAGE = ScreeningPurpose.MESSAGE
TRICKS = [
    *(
        "\u202e",
        "\u2066",
        "\u2069",
        "\u202c",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u0301",
        "\u20e3",
        "\0",
        "\ud800",
    ),
    *("加", "微", "信", "➕", "Ｖ", "vx", "ѵ", "贝", "者", "赌", "场", "刷单返现", "唰丹反限", "13800138000"),
    *(
        "一三八",
        "1-3-8",
        "62220212",
        "11010519491231002X",
        ".",
        "。",
        "点",
        "com",
        "://",
        "@",
        "㎏",
        "ﷺ",
        "𝓿",
        "🇶",
    ),
    *(" ", "-", "_", "~", "+", "0", "o", "l", "q", "扣", "群"),
]


def screen(text: str) -> Screening:
    screening = SCREENER.screen(text, MESSAGE)
    cut = text[:MAX_CODE_POINTS]
    assert all(0 <= f.start < f.end <= len(cut) for f in screening.findings)
    assert len(screening.findings) <= MAX_FINDINGS
    assert [f.start for f in screening.findings] == sorted(f.start for f in screening.findings)
    if screening.findings:
        assert len(screening.masked_text) == len(cut)
        screening.masked_text.encode()
        assert "\0" not in screening.masked_text
    return screening


@given(st.lists(st.sampled_from(TRICKS) | st.characters(), max_size=60).map("".join))
@settings(max_examples=400)
def test_screening_never_raises_and_masking_keeps_the_length(text: str) -> None:
    screening = screen(text)
    assert SCREENER.screen(text, ScreeningPurpose.CONTENT).fingerprint == screening.fingerprint


@given(st.lists(st.sampled_from(TRICKS) | st.characters(), max_size=60).map("".join))
@settings(max_examples=400)
def test_the_way_back_is_monotone(text: str) -> None:
    normal = NORMALISER(text)
    folded = normal.folded_positions(0, len(normal.compact))
    assert folded == sorted(folded)
    assert all(0 <= position < len(normal.folded) for position in folded)
    origins = [normal.span_of_folded(at, at + 1) for at in range(len(normal.folded))]
    assert origins == sorted(origins)
    assert all(0 <= start < end <= len(text) for start, end in origins)
    assert len(SPELLINGS.sound(normal.compact)) == len(normal.compact)
    assert len(normal.with_digits) == len(normal.folded)


@given(st.lists(st.sampled_from(TRICKS) | st.characters(), max_size=4).map("".join))
@settings(max_examples=200)
@example("")
@example("\u200b\u2069\ufeff" * 5_000)
def test_every_text_has_a_score_by_itself(text: str) -> None:
    for classifier in CLASSIFIERS:
        (score,) = classifier.score_all([text])
        assert 0 <= score.probability <= 1


@given(st.lists(st.sampled_from([*"0123456789-. 一三八幺oil", "13800138000"]), max_size=80).map("".join))
def test_what_is_masked_is_gone_from_all_that_is_kept(text: str) -> None:
    screening = screen(text)
    for finding in screening.findings:
        if finding.rule in patterns.PERSONAL and finding.end - finding.start > 8:
            assert "*" in screening.masked_text[finding.start : finding.end]


@pytest.mark.parametrize(
    "text",
    [
        "今天天气好" * 200_000,
        "\u202e\u2066\u200b" * 300_000 + "加微信",
        "\u2066" * 10_000 + "加微信" + "\u2069" * 10_000,
        "刷单返现" * 5_000,
        "加" * 20_000,
        "1" * 20_000,
        "1-" * 10_000,
        "1 3 8 " * 4_000,
        "a." * 10_000 + "com",
        "http://" * 3_000,
        "a-b_" * 5_000,
        "v" * 20_000,
        "微信" + " " * 20_000 + "x",
        "q" + "\u3000" * 20_000,
        "o" * 20_000,
        "lo" * 10_000 + "1",
        "零一二三" * 5_000,
        "6222 " * 4_000,
        "\ufdfa" * 20_000,
        "a\u0301" * 10_000,
        "\ud800\udfff\0" * 7_000,
        "贝者" * 10_000,
        "dot com" * 3_000,
        "(" * 10_000 + ")" * 10_000,
        "http://" + "a." * 9_000 + "!",
        "a@" * 9_000 + "a" * 2_000,
        "138-" * 5_000 + "x",
        "微信号" + "：" * 19_000 + "!",
    ],
)
def test_hostile_texts_are_answered(text: str) -> None:
    """Each within the patience of the test run; how long they take, tests/load/test_screening.py says."""
    screen(text)
    storable(text).encode()
