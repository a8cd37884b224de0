"""Names that pass for those of the staff, and names that do not."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from risk.adapters.fraud_words import naming
from risk.domain.imitation import Likeness, NameBook, StaffName, within_one
from risk.domain.verdict import Verdict

from ..samples import NORMALISER, SPELLINGS

NAMING = naming(NORMALISER, SPELLINGS)
STAFF: UUID = new_id()
NAMES = ("李明", "王小美", "Linda", "小美老师")
BOOK = NameBook([StaffName(STAFF, name) for name in NAMES], NAMING)


@pytest.mark.parametrize(
    ("name", "of", "likeness"),
    [
        ("李明", "李明", Likeness.SAME),
        (" 王小美 ", "王小美", Likeness.SAME),
        ("李 明", "李明", Likeness.LOOKALIKE),
        ("李-明", "李明", Likeness.LOOKALIKE),
        ("李\u200b明", "李明", Likeness.LOOKALIKE),
        ("LINDA", "Linda", Likeness.LOOKALIKE),
        ("Ｌｉｎｄａ", "Linda", Likeness.LOOKALIKE),
        ("Lіndа", "Linda", Likeness.LOOKALIKE),
        ("𝐋𝐢𝐧𝐝𝐚", "Linda", Likeness.LOOKALIKE),
        ("李明官方客服", "李明", Likeness.DECORATED),
        ("客服-李明", "李明", Likeness.DECORATED),
        ("官方｜李明老师", "李明", Likeness.DECORATED),
        ("李明（企业微信）", "李明", Likeness.DECORATED),
        ("小美客服", "小美老师", Likeness.DECORATED),
        ("小美", "小美老师", Likeness.DECORATED),
        ("黎明", "李明", Likeness.SOUND),
        ("liming", "李明", Likeness.SOUND),
        ("Li Ming", "李明", Likeness.SOUND),
        ("官方客服黎茗", "李明", Likeness.SOUND),
        ("王晓美", "王小美", Likeness.SOUND),
        ("王小花", "王小美", Likeness.NEAR),
        ("王小美美", "王小美", Likeness.NEAR),
        ("Lindda", "Linda", Likeness.NEAR),
        ("王小关", "王小美", Likeness.NEAR),
    ],
)
def test_a_name_that_is_like(name: str, of: str, likeness: Likeness) -> None:
    found = BOOK.imitated(name)
    assert found is not None
    assert (found.of.name, found.likeness) == (of, likeness)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "张三",
        "李",
        "明",
        "李刚",
        "官方客服",
        "客服",
        "爱吃鱼的猫",
        "Tom",
        "王大美丽",
        "🌸",
        "小李",
        "老师",
    ],
)
def test_a_name_that_is_not(name: str) -> None:
    assert BOOK.imitated(name) is None


def test_what_is_deliberate_is_graver() -> None:
    assert [it.verdict for it in Likeness] == [
        Verdict.REVIEW,
        Verdict.BLOCK,
        Verdict.BLOCK,
        Verdict.REVIEW,
        Verdict.REVIEW,
    ]


def _distance(one: str, other: str) -> int:
    """Levenshtein's, by the book."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


@given(st.text("ab王小", max_size=6), st.text("ab王小", max_size=6))
def test_within_one_is_a_distance_of_one(one: str, other: str) -> None:
    assert within_one(one, other) == (_distance(one, other) <= 1)


@given(st.text("王小美丽", min_size=3, max_size=6), st.integers(0, 5), st.sampled_from(["", "花", "花花"]))
def test_one_change_is_always_found(name: str, at: int, change: str) -> None:
    changed = name[: at % len(name)] + change + name[at % len(name) + (change != "花花") :]
    if len(changed) >= 3 and _distance(name, changed) <= 1:
        assert NameBook([StaffName(STAFF, name)], NAMING).imitated(changed) is not None


@given(st.text(max_size=40))
def test_any_name_is_answered_and_every_own_name_is_found(name: str) -> None:
    BOOK.imitated(name)
    if len(NORMALISER.compact(name[:30])) >= 2:
        assert NameBook([StaffName(STAFF, name)], NAMING).imitated(name) is not None
