from enum import StrEnum

import pytest

from chassis.enums import WireEnum
from quanzi.risk.v1 import screening_pb2


class Verdict(StrEnum):
    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"


class Half(StrEnum):
    ALLOW = "allow"


def test_members_and_numbers_are_matched_by_name() -> None:
    verdicts = WireEnum(Verdict, screening_pb2.Verdict)
    assert verdicts.number(Verdict.BLOCK) == screening_pb2.VERDICT_BLOCK
    assert verdicts.member(screening_pb2.VERDICT_BLOCK) is Verdict.BLOCK


def test_unspecified_is_none() -> None:
    verdicts = WireEnum(Verdict, screening_pb2.Verdict)
    assert verdicts.number(None) == 0
    assert verdicts.optional(0) is None
    with pytest.raises(KeyError):
        verdicts.member(0)


def test_a_member_that_one_side_lacks_is_an_error_at_start() -> None:
    with pytest.raises(TypeError, match="BLOCK"):
        WireEnum(Half, screening_pb2.Verdict)
