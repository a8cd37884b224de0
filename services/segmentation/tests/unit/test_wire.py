"""Enumerations are sent and stored by their numbers, so the numbers must be those of the contract."""

from enum import IntEnum

import pytest
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from chassis.enums import WireEnum
from quanzi.inbound.v1 import activity_pb2
from quanzi.segmentation.v1 import indicators_pb2, members_pb2, tiers_pb2
from segmentation.domain.activity import ActivityKind
from segmentation.domain.indicators import IndicatorStatus
from segmentation.domain.member import TagSource
from segmentation.domain.policy import IndicatorKind, Tier


@pytest.mark.parametrize(
    ("kind", "contract"),
    [
        (ActivityKind, activity_pb2.ActivityKind),
        (IndicatorKind, indicators_pb2.IndicatorKind),
        (IndicatorStatus, indicators_pb2.IndicatorStatus),
        (TagSource, members_pb2.TagSource),
        (Tier, tiers_pb2.Tier),
    ],
)
def test_numbers_are_those_of_the_contract(kind: type[IntEnum], contract: EnumTypeWrapper) -> None:
    numbers = WireEnum(kind, contract)
    assert [numbers.number(member) for member in kind] == [member.value for member in kind]
