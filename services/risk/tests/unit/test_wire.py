"""Enumerations of the domain are sent by their numbers, so the numbers must be those of the contract."""

from enum import IntEnum

import pytest
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from chassis.enums import WireEnum
from quanzi.risk.v1 import (
    cases_pb2,
    classifier_pb2,
    labels_pb2,
    opinions_pb2,
    rota_pb2,
    screening_pb2,
    violations_pb2,
)
from risk.domain.case import CaseKind, CaseOutcome, CaseStatus
from risk.domain.case_step import CaseStepKind
from risk.domain.classifier_model import ModelState, TrainingFailure
from risk.domain.label import LabelSource
from risk.domain.ladder import LadderAction
from risk.domain.moderator_task import ModeratorTaskStatus
from risk.domain.opinion_detection import Signal
from risk.domain.opinion_incident import EscalationReason, IncidentStatus, IncidentStepKind
from risk.domain.opinion_plan import OwnerRole, Severity
from risk.domain.policy import RiskPolicy
from risk.domain.shift_swap import SwapStatus
from risk.domain.verdict import RiskCategory, ScreeningPurpose, Verdict
from risk.domain.violation import ViolationStatus
from risk.entrypoints.wire import policy_of, policy_to_wire


@pytest.mark.parametrize(
    ("kind", "contract"),
    [
        (Verdict, screening_pb2.Verdict),
        (RiskCategory, screening_pb2.RiskCategory),
        (ScreeningPurpose, screening_pb2.ScreeningPurpose),
        (CaseKind, cases_pb2.CaseKind),
        (CaseStatus, cases_pb2.CaseStatus),
        (CaseOutcome, cases_pb2.CaseOutcome),
        (CaseStepKind, cases_pb2.CaseStepKind),
        (LabelSource, labels_pb2.LabelSource),
        (ModelState, classifier_pb2.ClassifierState),
        (TrainingFailure, classifier_pb2.ClassifierFailure),
        (Severity, opinions_pb2.OpinionSeverity),
        (Signal, opinions_pb2.OpinionSignal),
        (IncidentStatus, opinions_pb2.OpinionIncidentStatus),
        (IncidentStepKind, opinions_pb2.OpinionStepKind),
        (EscalationReason, opinions_pb2.OpinionEscalationReason),
        (OwnerRole, opinions_pb2.OpinionOwnerRole),
        (LadderAction, violations_pb2.LadderAction),
        (SwapStatus, rota_pb2.SwapStatus),
        (ViolationStatus, violations_pb2.ViolationStatus),
        (ModeratorTaskStatus, violations_pb2.ModeratorTaskStatus),
    ],
)
def test_numbers_are_those_of_the_contract(kind: type[IntEnum], contract: EnumTypeWrapper) -> None:
    numbers = WireEnum(kind, contract)
    assert [numbers.number(member) for member in kind] == [member.value for member in kind]


def test_a_policy_update_may_leave_out_what_older_clients_do_not_know() -> None:
    current = RiskPolicy(act_on_messages_within_hours=48)
    message = policy_to_wire(current)
    assert policy_of(message, RiskPolicy()) == current
    message.ClearField("act_on_messages_within_hours")
    assert policy_of(message, current) == current
