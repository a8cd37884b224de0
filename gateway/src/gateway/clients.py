"""Stubs of the five services, over one channel each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import grpc
from google.protobuf.descriptor import FileDescriptor

from chassis.rpc.client import open_peer
from gateway.settings import GatewaySettings
from quanzi.campaigns.v1 import campaigns_pb2, campaigns_pb2_grpc, claims_pb2, claims_pb2_grpc
from quanzi.content.v1 import (
    items_pb2,
    items_pb2_grpc,
    plans_pb2,
    plans_pb2_grpc,
    policy_pb2,
    policy_pb2_grpc,
)
from quanzi.risk.v1 import (
    audits_pb2,
    audits_pb2_grpc,
    cases_pb2,
    cases_pb2_grpc,
    classifier_pb2,
    classifier_pb2_grpc,
    fraud_pb2,
    fraud_pb2_grpc,
    labels_pb2,
    labels_pb2_grpc,
    lexicon_pb2,
    lexicon_pb2_grpc,
    opinions_pb2,
    opinions_pb2_grpc,
    rota_pb2,
    rota_pb2_grpc,
    rules_pb2,
    rules_pb2_grpc,
    screening_pb2,
    screening_pb2_grpc,
    training_pb2,
    training_pb2_grpc,
    violations_pb2,
    violations_pb2_grpc,
)
from quanzi.segmentation.v1 import (
    alerts_pb2,
    alerts_pb2_grpc,
    consents_pb2,
    consents_pb2_grpc,
    erasures_pb2,
    erasures_pb2_grpc,
    groups_pb2,
    groups_pb2_grpc,
    indicators_pb2,
    indicators_pb2_grpc,
    members_pb2,
    members_pb2_grpc,
    operations_pb2,
    operations_pb2_grpc,
    predictions_pb2,
    predictions_pb2_grpc,
    profiles_pb2,
    profiles_pb2_grpc,
    segments_pb2,
    segments_pb2_grpc,
    tags_pb2,
    tags_pb2_grpc,
    tiers_pb2,
    tiers_pb2_grpc,
)
from quanzi.support.v1 import answers_pb2, answers_pb2_grpc, tickets_pb2, tickets_pb2_grpc

# Seconds for calls that go over all members of a tenant, or over its past messages.
WHOLE_TENANT = 60.0

_FILES: Mapping[str, tuple[FileDescriptor, ...]] = {
    "segmentation": tuple(
        f.DESCRIPTOR
        for f in (
            alerts_pb2,
            consents_pb2,
            erasures_pb2,
            groups_pb2,
            indicators_pb2,
            members_pb2,
            operations_pb2,
            predictions_pb2,
            profiles_pb2,
            segments_pb2,
            tags_pb2,
            tiers_pb2,
        )
    ),
    "content": tuple(f.DESCRIPTOR for f in (items_pb2, plans_pb2, policy_pb2)),
    "campaigns": tuple(f.DESCRIPTOR for f in (campaigns_pb2, claims_pb2)),
    "support": tuple(f.DESCRIPTOR for f in (answers_pb2, tickets_pb2)),
    "risk": tuple(
        f.DESCRIPTOR
        for f in (
            audits_pb2,
            cases_pb2,
            classifier_pb2,
            fraud_pb2,
            labels_pb2,
            lexicon_pb2,
            opinions_pb2,
            rules_pb2,
            rota_pb2,
            screening_pb2,
            training_pb2,
            violations_pb2,
        )
    ),
}


class Clients:
    """`credentials` gives the signed identity of whoever is calling."""

    def __init__(self, settings: GatewaySettings, credentials: Callable[[], str]) -> None:
        self.channels: Mapping[str, grpc.aio.Channel] = {
            name: open_peer(
                settings,
                name,
                [service for file in files for service in file.services_by_name.values()],
                credentials,
            )
            for name, files in _FILES.items()
        }
        segmentation = self.channels["segmentation"]
        self.groups = groups_pb2_grpc.GroupServiceStub(segmentation)
        self.members = members_pb2_grpc.MemberServiceStub(segmentation)
        self.tiers = tiers_pb2_grpc.TierServiceStub(segmentation)
        self.indicators = indicators_pb2_grpc.IndicatorServiceStub(segmentation)
        self.alerts = alerts_pb2_grpc.AlertServiceStub(segmentation)
        self.consents = consents_pb2_grpc.ConsentServiceStub(segmentation)
        self.erasures = erasures_pb2_grpc.ErasureServiceStub(segmentation)
        self.operations = operations_pb2_grpc.OperationServiceStub(segmentation)
        self.predictions = predictions_pb2_grpc.PredictionServiceStub(segmentation)
        self.profiles = profiles_pb2_grpc.ProfileServiceStub(segmentation)
        self.segments = segments_pb2_grpc.SegmentServiceStub(segmentation)
        self.tags = tags_pb2_grpc.TagServiceStub(segmentation)
        content = self.channels["content"]
        self.items = items_pb2_grpc.ItemServiceStub(content)
        self.plans = plans_pb2_grpc.PlanServiceStub(content)
        self.content_policy = policy_pb2_grpc.PolicyServiceStub(content)
        campaigns = self.channels["campaigns"]
        self.campaigns = campaigns_pb2_grpc.CampaignServiceStub(campaigns)
        self.claims = claims_pb2_grpc.ClaimServiceStub(campaigns)
        support = self.channels["support"]
        self.answers = answers_pb2_grpc.AnswerServiceStub(support)
        self.tickets = tickets_pb2_grpc.TicketServiceStub(support)
        risk = self.channels["risk"]
        self.audits = audits_pb2_grpc.AuditServiceStub(risk)
        self.cases = cases_pb2_grpc.CaseServiceStub(risk)
        self.classifier = classifier_pb2_grpc.ClassifierServiceStub(risk)
        self.fraud = fraud_pb2_grpc.FraudServiceStub(risk)
        self.labels = labels_pb2_grpc.LabelServiceStub(risk)
        self.lexicon = lexicon_pb2_grpc.LexiconServiceStub(risk)
        self.rules = rules_pb2_grpc.RuleServiceStub(risk)
        self.opinions = opinions_pb2_grpc.OpinionServiceStub(risk)
        self.rota = rota_pb2_grpc.RotaServiceStub(risk)
        self.screening = screening_pb2_grpc.ScreeningServiceStub(risk)
        self.training = training_pb2_grpc.TrainingServiceStub(risk)
        self.violations = violations_pb2_grpc.ViolationServiceStub(risk)

    def away(self) -> list[str]:
        """Services whose connection is broken now; one that is not open yet is being opened."""
        return [
            name
            for name, channel in self.channels.items()
            if channel.get_state(try_to_connect=True) is grpc.ChannelConnectivity.TRANSIENT_FAILURE
        ]

    async def close(self) -> None:
        for channel in self.channels.values():
            await channel.close()
