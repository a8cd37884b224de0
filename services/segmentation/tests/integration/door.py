"""A client of the running service, and the streams it listens to."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

import grpc
from nats.js import JetStreamContext

from chassis.identity import Caller, Signer, calling_as
from chassis.messaging import activities_subject
from chassis.rpc.client import ForwardedCredentials, open_channel
from chassis.rpc.errors import Refusal
from chassis.testbed.processes import ServiceProcess
from chassis.timestamps import timestamp
from quanzi.inbound.v1.activity_pb2 import Activity, ActivityBatch, Order
from quanzi.segmentation.v1.consents_pb2_grpc import ConsentServiceStub
from quanzi.segmentation.v1.groups_pb2_grpc import GroupServiceStub
from quanzi.segmentation.v1.indicators_pb2_grpc import IndicatorServiceStub
from quanzi.segmentation.v1.members_pb2_grpc import MemberServiceStub
from quanzi.segmentation.v1.predictions_pb2_grpc import PredictionServiceStub
from quanzi.segmentation.v1.profiles_pb2_grpc import ProfileServiceStub
from quanzi.segmentation.v1.segments_pb2_grpc import SegmentServiceStub
from quanzi.segmentation.v1.tags_pb2_grpc import TagServiceStub
from quanzi.segmentation.v1.tiers_pb2_grpc import TierServiceStub

from ..samples import CURRENCY, Act, Brand


class Door:
    def __init__(self, process: ServiceProcess, signer: Signer) -> None:
        self.process = process
        self._credentials = ForwardedCredentials(signer)
        self._channels: list[grpc.aio.Channel] = []
        self._open()

    def _open(self) -> None:
        self.channel = channel = open_channel(self.process.address, self._credentials, deadline=60.0)
        self._channels.append(channel)
        self.consents = ConsentServiceStub(channel)
        self.groups = GroupServiceStub(channel)
        self.members = MemberServiceStub(channel)
        self.profiles = ProfileServiceStub(channel)
        self.segments = SegmentServiceStub(channel)
        self.tags = TagServiceStub(channel)
        self.tiers = TierServiceStub(channel)
        self.indicators = IndicatorServiceStub(channel)
        self.predictions = PredictionServiceStub(channel)

    async def kill_and_restart(self) -> None:
        await self.kill()
        await self.restart()

    async def kill(self) -> None:
        await asyncio.to_thread(self.process.kill)

    async def restart(self) -> None:
        await asyncio.to_thread(self.process.start)
        self._open()

    async def close(self) -> None:
        for channel in self._channels:
            await channel.close()


def as_caller(brand: Brand, *roles: str) -> Any:
    return calling_as(Caller(brand.tenant_id, "operator-1", frozenset(roles or {"admin"}), "gateway"))


async def publish(jetstream: JetStreamContext, brand: Brand, acts: Sequence[Act]) -> None:
    batch = ActivityBatch(tenant_id=str(brand.tenant_id), activities=[message(brand, act) for act in acts])
    await jetstream.publish(activities_subject(brand.tenant_id), batch.SerializeToString(), timeout=60)


def message(brand: Brand, act: Act, currency: str = CURRENCY) -> Activity:
    order = (
        Order(reference=act.order, amount_minor=act.amount_minor, currency=currency) if act.order else None
    )
    return Activity(
        activity_id=str(brand.activity(act.source_id)),
        kind=act.kind,  # type: ignore[arg-type]
        source="test",
        source_id=act.source_id,
        member_id=str(brand.member(act.member)),
        member_reference=act.member,
        group_id=str(brand.group(act.group)) if act.group else "",
        group_reference=act.group or "",
        occurred_at=timestamp(act.occurred_at),
        order=order,
        member_display_name=act.name,
    )


async def refusal(call: Awaitable[object]) -> tuple[str, str | None]:
    """(reason, field) of a call that must fail."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        refused = Refusal.of(error)
        return refused.reason, refused.field
    raise AssertionError("the call was not refused")
