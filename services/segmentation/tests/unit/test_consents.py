"""What rows of consents say, and what holds of it."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from chassis.ids import new_id
from segmentation.domain.consents import (
    ConsentPolicy,
    ConsentPurpose,
    ConsentRecord,
    ConsentRow,
    ConsentState,
    Said,
    changes,
    consents_of,
    held,
)
from segmentation.domain.errors import ConsentRefused, InvalidConsentPolicy

from ..samples import NOW, days

GIVEN, WITHDRAWN, UNKNOWN = ConsentState
POLICY = ConsentPolicy(3, (ConsentPurpose("marketing", "营销"),))
ROW = ConsentRow("crm", "1", "li", "marketing", GIVEN, "store", "2026-01", "", NOW - days(1))


def refused(**changed: Any) -> tuple[str, str | None]:
    with pytest.raises(ConsentRefused) as caught:
        replace(ROW, **changed).said(POLICY, {"marketing", "former"}, NOW)
    return caught.value.code, caught.value.field


@pytest.mark.parametrize("field", ["source", "source_id", "member_reference", "channel", "notice_version"])
def test_what_must_be_there(field: str) -> None:
    assert refused(**{field: " "}) == ("MISSING_FIELD", field)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", "x" * 65),
        ("source_id", "x" * 251),
        ("member_reference", "a\0b"),
        ("evidence", "x" * 501),
        ("state", None),
        ("state", UNKNOWN),
        ("occurred_at", NOW + timedelta(minutes=2)),
    ],
)
def test_what_cannot_be(field: str, value: object) -> None:
    assert refused(**{field: value}) == ("INVALID_FIELD", field)


def test_when_is_told() -> None:
    assert refused(occurred_at=None) == ("MISSING_FIELD", "occurred_at")


def test_what_is_no_purpose_any_more_is_only_withdrawn() -> None:
    assert refused(purpose="former") == ("UNKNOWN_PURPOSE", "purpose")
    assert refused(purpose="typo", state=WITHDRAWN) == ("UNKNOWN_PURPOSE", "purpose")
    withdrawn = replace(ROW, purpose="former", state=WITHDRAWN, notice_version="")
    assert withdrawn.said(POLICY, {"former"}, NOW) == (NOW - days(1), WITHDRAWN)


def test_the_latest_holds_whatever_the_order() -> None:
    story = [Said(NOW - days(3), GIVEN), Said(NOW - days(2), WITHDRAWN), Said(NOW - days(1), GIVEN)]
    assert {held(order) for order in permutations(story)} == {GIVEN}
    assert {held(order) for order in permutations(story[:2])} == {WITHDRAWN}
    assert held([]) is UNKNOWN


def test_of_one_moment_the_withdrawal_holds() -> None:
    assert {held(order) for order in permutations([Said(NOW, GIVEN), Said(NOW, WITHDRAWN)])} == {WITHDRAWN}


def _record(member_id: Any, purpose: str, state: ConsentState) -> ConsentRecord:
    return ConsentRecord(new_id(), member_id, purpose, state, "crm", "1", "store", "1", "", NOW, NOW, "ann")


def test_all_purposes_are_shown_in_the_order_of_the_policy_and_then_others() -> None:
    li, wang = new_id(), new_id()
    old = _record(li, "former", GIVEN)
    shown = consents_of(li, POLICY, {(li, "former"): old, (wang, "other"): _record(wang, "other", GIVEN)})
    assert [(it.purpose.code, it.state, it.record) for it in shown] == [
        ("marketing", UNKNOWN, None),
        ("former", GIVEN, old),
    ]


def test_only_another_state_is_a_change() -> None:
    li, wang = new_id(), new_id()
    given, again = _record(li, "marketing", GIVEN), _record(li, "marketing", GIVEN)
    gone, other = _record(li, "profiling", WITHDRAWN), _record(wang, "marketing", GIVEN)
    before = {(li, "marketing"): given, (li, "profiling"): gone}
    after = {(li, "marketing"): again, (wang, "marketing"): other}
    assert [(it.purpose, it.previous, it.state) for it in changes(before, after, [li])] == [
        ("profiling", WITHDRAWN, UNKNOWN)
    ]


def test_a_purpose_is_there_once() -> None:
    twice = ConsentPolicy(
        0, (ConsentPurpose("a", "甲"), ConsentPurpose("b", "乙"), ConsentPurpose("a", "丙"))
    )
    with pytest.raises(InvalidConsentPolicy) as caught:
        twice.check()
    assert caught.value.field == "policy.purposes[2].code"
