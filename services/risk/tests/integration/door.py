"""A client of the running service, and what the tests ask of it again and again."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import grpc
from google.protobuf.message import Message
from nats.js import JetStreamContext

from chassis.cloudevents import CloudEvent
from chassis.identity import Caller, Signer, calling_as
from chassis.ids import new_id
from chassis.messaging import activities_subject
from chassis.rpc.client import ForwardedCredentials, open_channel
from chassis.rpc.errors import Refusal
from chassis.testbed.events import received
from chassis.testbed.processes import ServiceProcess
from chassis.timestamps import timestamp
from quanzi.inbound.v1.activity_pb2 import ACTIVITY_KIND_MESSAGE, Activity, ActivityBatch
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.risk.v1 import screening_pb2, violations_pb2
from quanzi.risk.v1.audits_pb2_grpc import AuditServiceStub
from quanzi.risk.v1.cases_pb2_grpc import CaseServiceStub
from quanzi.risk.v1.classifier_pb2_grpc import ClassifierServiceStub
from quanzi.risk.v1.fraud_pb2_grpc import FraudServiceStub
from quanzi.risk.v1.labels_pb2_grpc import LabelServiceStub
from quanzi.risk.v1.lexicon_pb2_grpc import LexiconServiceStub
from quanzi.risk.v1.opinions_pb2_grpc import OpinionServiceStub
from quanzi.risk.v1.rota_pb2_grpc import RotaServiceStub
from quanzi.risk.v1.rules_pb2_grpc import RuleServiceStub
from quanzi.risk.v1.screening_pb2_grpc import ScreeningServiceStub
from quanzi.risk.v1.training_pb2_grpc import TrainingServiceStub
from quanzi.risk.v1.violations_pb2_grpc import ViolationServiceStub

FIRST = PageRequest(first=100)


class Door:
    def __init__(self, process: ServiceProcess, signer: Signer, jetstream: JetStreamContext) -> None:
        self.process = process
        self._credentials = ForwardedCredentials(signer)
        self._jetstream = jetstream
        self._channels: list[grpc.aio.Channel] = []
        self._open()

    def _open(self) -> None:
        channel = open_channel(self.process.address, self._credentials, deadline=60.0)
        self._channels.append(channel)
        self.screening = ScreeningServiceStub(channel)
        self.lexicon = LexiconServiceStub(channel)
        self.violations = ViolationServiceStub(channel)
        self.cases = CaseServiceStub(channel)
        self.labels = LabelServiceStub(channel)
        self.classifier = ClassifierServiceStub(channel)
        self.fraud = FraudServiceStub(channel)
        self.audits = AuditServiceStub(channel)
        self.rules = RuleServiceStub(channel)
        self.opinions = OpinionServiceStub(channel)
        self.rota = RotaServiceStub(channel)
        self.training = TrainingServiceStub(channel)

    async def kill_and_restart(self) -> None:
        await asyncio.to_thread(self.process.kill)
        await asyncio.to_thread(self.process.start)
        self._open()

    async def close(self) -> None:
        for channel in self._channels:
            await channel.close()

    async def send(self, tenant_id: UUID, activities: Sequence[Activity]) -> None:
        """As the gateway does: one envelope."""
        batch = ActivityBatch(tenant_id=str(tenant_id), activities=activities)
        await self._jetstream.publish(activities_subject(tenant_id), batch.SerializeToString())

    async def tell(self, tenant_id: UUID, message: Message, times: int = 1) -> None:
        """An event of another service, delivered so many times."""
        event = received(tenant_id, message, datetime.now(UTC)).carried
        assert isinstance(event, CloudEvent)
        for _ in range(times):
            await self._jetstream.publish(event.subject, event.data, headers=event.headers())

    async def verdict(self, text: str) -> screening_pb2.Verdict:
        request = screening_pb2.ScreenTextsRequest(
            purpose=screening_pb2.SCREENING_PURPOSE_CONTENT, texts=[text]
        )
        return (await self.screening.ScreenTexts(request)).decisions[0].verdict

    async def opened(self) -> list[violations_pb2.Violation]:
        request = violations_pb2.ListViolationsRequest(page=FIRST)
        return list((await self.violations.ListViolations(request)).violations)

    async def tasks(self) -> list[violations_pb2.ModeratorTask]:
        request = violations_pb2.ListModeratorTasksRequest(page=FIRST)
        return list((await self.violations.ListModeratorTasks(request)).tasks)

    async def published(self, tenant_id: UUID) -> Counter[str]:
        """How many events of each kind the stream keeps for the tenant."""
        subjects = f"quanzi.{tenant_id}.risk.>"
        info = await self._jetstream.stream_info("EVENTS", subjects_filter=subjects)
        kept = info.state.subjects or {}
        return Counter({".".join(subject.split(".")[3:5]): count for subject, count in kept.items()})


def activity(text: str, **values: Any) -> Activity:
    """A message of a new member in a new group, now, unless given."""
    defaults = {
        "activity_id": str(new_id()),
        "kind": ACTIVITY_KIND_MESSAGE,
        "source": "wecom",
        "source_id": str(new_id()),
        "member_id": str(new_id()),
        "member_reference": "wm-1",
        "group_id": str(new_id()),
        "group_reference": "wr-1",
        "occurred_at": timestamp(datetime.now(UTC)),
        "text": text,
    }
    return Activity(**(defaults | values))


def as_caller(tenant_id: UUID, *roles: str) -> Any:
    return calling_as(Caller(tenant_id, "moderator-1", frozenset(roles or {"admin"}), "gateway"))


async def refusal(call: Awaitable[object]) -> tuple[str, str | None]:
    """(reason, field) of a call that must fail."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        refused = Refusal.of(error)
        return refused.reason, refused.field
    raise AssertionError("the call was not refused")
