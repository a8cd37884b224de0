"""The register and the checks of identities, by their rules."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from risk.domain.errors import CheckStepRefused, OwnIdentity, StaffHasLeft
from risk.domain.identity_check import TRANSITIONS, CheckMove, CheckStatus, IdentityCheck, move
from risk.domain.staff import StaffMember, StaffRole

from ..samples import NOW

YEAR = timedelta(days=365)
MEMBER = StaffMember(new_id(), "liming", ("李明",), StaffRole.CUSTOMER_SERVICE, True, NOW)


def test_from_request_to_expiry() -> None:
    member = MEMBER
    for step in (CheckMove.REQUEST, CheckMove.SUBMIT, CheckMove.VERIFY):
        assert not member.is_verified(NOW)
        member = member.check_identity(step, "boss", NOW, NOW + YEAR)
    assert member.is_verified(NOW + YEAR - timedelta(seconds=1))
    assert not member.is_verified(NOW + YEAR)
    assert member.check is not None
    assert member.check.status_at(NOW + YEAR) is CheckStatus.EXPIRED
    again = member.check_identity(CheckMove.REQUEST, "boss", NOW + YEAR, NOW + 2 * YEAR)
    assert again.check == IdentityCheck(CheckStatus.REQUESTED, NOW + YEAR, "boss")


def test_nobody_verifies_their_own_identity() -> None:
    asked = MEMBER.check_identity(CheckMove.REQUEST, "liming", NOW, NOW + YEAR)
    handed_in = asked.check_identity(CheckMove.SUBMIT, "liming", NOW, NOW + YEAR)
    for step in (CheckMove.VERIFY, CheckMove.FAIL):
        with pytest.raises(OwnIdentity):
            handed_in.check_identity(step, "liming", NOW, NOW + YEAR)


def test_who_left_is_registered_anew() -> None:
    left = MEMBER.leave(NOW)
    assert left.leave(NOW + YEAR) == left
    with pytest.raises(StaffHasLeft):
        left.check_identity(CheckMove.REQUEST, "boss", NOW, NOW + YEAR)
    checked = replace(left, check=IdentityCheck(CheckStatus.VERIFIED, NOW, "boss", NOW + 2 * YEAR))
    back = checked.put(("李明",), StaffRole.MANAGER, False, NOW + YEAR)
    assert (back.registered_at, back.left_at, back.check) == (NOW + YEAR, None, None)


@given(st.lists(st.sampled_from(CheckMove), max_size=12))
def test_only_steps_of_the_table_are_taken(steps: list[CheckMove]) -> None:
    check: IdentityCheck | None = None
    for step in steps:
        status = check.status if check else None
        if (status, step) in TRANSITIONS:
            check = move(check, step, "boss", NOW, NOW + YEAR)
            assert check.status is TRANSITIONS[status, step]
        else:
            with pytest.raises(CheckStepRefused):
                move(check, step, "boss", NOW, NOW + YEAR)
