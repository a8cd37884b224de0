"""Enumerations are sent and stored by their numbers, so the numbers must be those of the contract."""

from enum import IntEnum

import pytest
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from chassis.enums import WireEnum
from quanzi.inbound.v1 import activity_pb2
from quanzi.segmentation.v1 import alerts_pb2, consents_pb2, indicators_pb2, members_pb2, tiers_pb2
from segmentation.domain.activity import ActivityKind
from segmentation.domain.alerts import AlertKind, AlertStatus
from segmentation.domain.consents import ConsentState
from segmentation.domain.funnel import FunnelStepKind
from segmentation.domain.indicator_policy import IndicatorKind
from segmentation.domain.indicators import IndicatorStatus
from segmentation.domain.member import TagSource
from segmentation.domain.policy import Tier
from segmentation.domain.windows import Grain


@pytest.mark.parametrize(
    ("kind", "contract"),
    [
        (ActivityKind, activity_pb2.ActivityKind),
        (AlertKind, alerts_pb2.AlertKind),
        (AlertStatus, alerts_pb2.AlertStatus),
        (ConsentState, consents_pb2.ConsentState),
        (FunnelStepKind, indicators_pb2.FunnelStepKind),
        (Grain, indicators_pb2.Grain),
        (IndicatorKind, indicators_pb2.IndicatorKind),
        (IndicatorStatus, indicators_pb2.IndicatorStatus),
        (TagSource, members_pb2.TagSource),
        (Tier, tiers_pb2.Tier),
    ],
)
def test_numbers_are_those_of_the_contract(kind: type[IntEnum], contract: EnumTypeWrapper) -> None:
    numbers = WireEnum(kind, contract)
    assert [numbers.number(member) for member in kind] == [member.value for member in kind]
