"""Subscriptions over a real WebSocket, fed by a real NATS."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import nats
import pytest
from google.protobuf.message import Message
from nats.aio.client import Client
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chassis.clock import utc_now
from chassis.cloudevents import CloudEvent, encode_body
from chassis.event_type import event_type
from chassis.ids import new_id
from chassis.testbed.servers import NatsForTests
from chassis.testbed.waiting import PATIENCE, until_true
from gateway.app import build_app
from gateway.gateway import Gateway
from gateway.http_server import HttpServer
from gateway.live.hub import KINDS, Hub
from quanzi.campaigns.v1.events_pb2 import ClaimExpired, FlashSaleSoldOut, ItemReserved
from quanzi.risk.v1.cases_pb2 import CASE_KIND_APPEAL
from quanzi.risk.v1.events_pb2 import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ModeratorTaskReminded,
    ViolationOpened,
)
from quanzi.risk.v1.screening_pb2 import RISK_CATEGORY_ADVERT
from quanzi.risk.v1.violations_pb2 import LADDER_ACTION_WARN
from quanzi.segmentation.v1.consents_pb2 import (
    CONSENT_STATE_GIVEN,
    CONSENT_STATE_UNKNOWN,
    CONSENT_STATE_WITHDRAWN,
)
from quanzi.segmentation.v1.events_pb2 import (
    AlertClosed,
    AlertOpened,
    AlertUpdated,
    MemberConsentChanged,
    MemberTierChanged,
    OperationFinished,
    SegmentMembersChanged,
)
from quanzi.segmentation.v1.operations_pb2 import OPERATION_STATUS_SUCCEEDED
from quanzi.segmentation.v1.tiers_pb2 import TIER_ACTIVE, TIER_VIP
from quanzi.support.v1.events_pb2 import TicketStatusChanged
from quanzi.support.v1.tickets_pb2 import SUPPORT_TIER_DUTY, TICKET_STATUS_NEW, TICKET_STATUS_QUEUED

from .conftest import TENANT, Keys
from .fakes import FakeServices
from .test_members import NOW, serve, uuid

OTHER = UUID("22222222-2222-7222-8222-222222222222")
PROTOCOL = ["graphql-transport-ws"]
TIERS = "subscription { memberTierChanged { memberId tier previousTier member { displayName } } }"


@pytest.fixture(scope="session")
async def connection(nats_server: NatsForTests) -> AsyncIterator[Client]:
    connection = await nats.connect(nats_server.url, **nats_server.login("admin"))
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def live(connection: Client, make_gateway: Callable[..., Gateway]) -> AsyncIterator[HttpServer]:
    gateway = make_gateway(nats=connection, subscription_queue=3, allowed_origins=("https://ops.example",))
    server = HttpServer(build_app(gateway, {}), gateway.settings, {})
    server.hub = gateway.hub  # type: ignore[attr-defined]
    loops = [asyncio.create_task(loop()) for loop in (gateway.hub.run, server.run)]
    await until_true(lambda: server.port != 0 and len(connection._subs) >= len(KINDS))
    yield server
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    await gateway.clients.close()


class Socket:
    def __init__(self, socket: ClientConnection, hub: Hub) -> None:
        self._socket, self._hub = socket, hub

    async def send(self, **message: object) -> None:
        await self._socket.send(json.dumps(message))

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            message: dict[str, Any] = json.loads(await self._socket.recv())
        return message

    async def request(self, query: str) -> None:
        await self.send(id="1", type="subscribe", payload={"query": query})

    async def subscribe(self, query: str) -> None:
        """Nothing answers it: the hub shows when it listens."""
        before = self._listening()
        await self.request(query)
        await until_true(lambda: self._listening() > before)

    def _listening(self) -> int:
        return sum(map(len, self._hub._listeners.values()))

    async def event(self) -> Any:
        message = await self.next()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]


@asynccontextmanager
async def opened(server: HttpServer, token: str | None, **options: Any) -> AsyncIterator[Socket]:
    url = f"ws://127.0.0.1:{server.port}/graphql"
    async with connect(url, subprotocols=PROTOCOL, proxy=None, **options) as raw:  # type: ignore[arg-type]
        socket = Socket(raw, server.hub)  # type: ignore[attr-defined]
        await socket.send(type="connection_init", payload={"authorization": f"Bearer {token}"})
        assert (await socket.next())["type"] == "connection_ack"
        yield socket


async def publish(connection: Client, *events: Message, tenant: UUID = TENANT) -> None:
    for event in events:
        kind = event_type(event.DESCRIPTOR)
        subject = kind.subject(tenant)
        envelope = CloudEvent(
            id=str(new_id()), source=f"quanzi/{kind.service}", type=kind.name, subject=subject,
            time=utc_now(), schema=kind.schema, partition_key="k", sequence=1, tenant_id=tenant,
            data=encode_body(event),
        )  # fmt: skip
        await connection.publish(subject, envelope.data, headers=envelope.headers())
    await connection.flush()


def tier_change(i: int, group: str = "") -> MemberTierChanged:
    return MemberTierChanged(
        member_id=uuid("m", i), tier=TIER_VIP, previous_tier=TIER_ACTIVE, assigned_at=NOW, group_ids=[group]
    )


def consent_change(i: int, purpose: str, state: Any) -> MemberConsentChanged:
    return MemberConsentChanged(
        member_id=uuid("m", i), purpose=purpose, state=state, previous_state=CONSENT_STATE_UNKNOWN,
        occurred_at=NOW,
    )  # fmt: skip


async def test_events_of_the_own_tenant_arrive_with_their_edges(
    live: HttpServer, connection: Client, keys: Keys, services: FakeServices
) -> None:
    serve(services)
    async with opened(live, keys.token("agent")) as socket:
        await socket.subscribe(TIERS)
        await publish(connection, tier_change(2), tenant=OTHER)
        await publish(connection, tier_change(1))
        assert await socket.event() == {
            "memberTierChanged": {
                "memberId": f"gid://quanzi/Member/{uuid('m', 1)}",
                "tier": "VIP",
                "previousTier": "ACTIVE",
                "member": {"displayName": "成员1"},
            }
        }
        await publish(connection, tier_change(1))
        await socket.event()
    assert services.calls["BatchGetMembers"] == 2, "each event is read afresh"
    assert {caller.tenant_id for caller in services.callers} == {TENANT}


async def test_filters_and_the_other_subscriptions(live: HttpServer, connection: Client, keys: Keys) -> None:
    group, campaign, segment = uuid("g", 1), uuid("c", 1), uuid("s", 1)
    sold_out = FlashSaleSoldOut(campaign_id=campaign)
    for query, events, expected in (
        (
            f'memberTierChanged(group: "gid://quanzi/Group/{group}") {{ tier }}',
            [tier_change(1, uuid("g", 2)), tier_change(1, group)],
            [{"tier": "VIP"}],
        ),
        (
            f'alertChanged(group: "gid://quanzi/Group/{group}") {{ turn groupId }}',
            [
                AlertOpened(alert_id=uuid("a", 1), group_id=uuid("g", 2)),
                AlertUpdated(alert_id=uuid("a", 2), group_id=group),
            ],
            [{"turn": "UPDATED", "groupId": f"gid://quanzi/Group/{group}"}],
        ),
        (
            "alertChanged { turn }",
            [AlertOpened(alert_id=uuid("a", 1)), AlertClosed(alert_id=uuid("a", 1))],
            [{"turn": "OPENED"}, {"turn": "CLOSED"}],
        ),
        (
            f'segmentMembersChanged(segment: "gid://quanzi/Segment/{segment}")'
            " { version enteredMemberIds leftMemberIds }",
            [
                SegmentMembersChanged(segment_id=uuid("s", 2), version=7),
                SegmentMembersChanged(segment_id=segment, version=2, left_member_ids=[uuid("m", 1)]),
            ],
            [
                {
                    "version": 2,
                    "enteredMemberIds": [],
                    "leftMemberIds": [f"gid://quanzi/Member/{uuid('m', 1)}"],
                }
            ],
        ),
        (
            f'memberConsentChanged(member: "gid://quanzi/Member/{uuid("m", 1)}", purpose: "marketing")'
            " { state previousState occurredAt }",
            [
                consent_change(2, "marketing", CONSENT_STATE_GIVEN),
                consent_change(1, "profiling", CONSENT_STATE_GIVEN),
                consent_change(1, "marketing", CONSENT_STATE_WITHDRAWN),
            ],
            [{"state": "WITHDRAWN", "previousState": "UNKNOWN", "occurredAt": "2027-01-15T08:00:00Z"}],
        ),
        (
            "memberConsentChanged { state occurredAt }",
            [MemberConsentChanged(state=CONSENT_STATE_UNKNOWN, previous_state=CONSENT_STATE_WITHDRAWN)],
            [{"state": "UNKNOWN", "occurredAt": None}],
        ),
        (
            "operationFinished { status operationId }",
            [OperationFinished(operation_id=uuid("o", 1), status=OPERATION_STATUS_SUCCEEDED)],
            [{"status": "SUCCEEDED", "operationId": f"gid://quanzi/Operation/{uuid('o', 1)}"}],
        ),
        (
            "violationOpened { strike action category }",
            [
                ViolationOpened(
                    violation_id=uuid("v", 1), category=RISK_CATEGORY_ADVERT, strike=2,
                    action=LADDER_ACTION_WARN, opened_at=NOW,
                )
            ],
            [{"strike": 2, "action": "WARN", "category": "ADVERT"}],
        ),
        (
            f'moderatorTaskReminded(group: "gid://quanzi/Group/{group}") {{ taskId assignee }}',
            [
                ModeratorTaskReminded(task_id=uuid("t", 1), group_id=uuid("g", 2), due_at=NOW),
                ModeratorTaskReminded(task_id=uuid("t", 2), group_id=group, due_at=NOW),
            ],
            [{"taskId": f"gid://quanzi/ModeratorTask/{uuid('t', 2)}", "assignee": None}],
        ),
        (
            "caseChanged { turn kind }",
            [
                CaseOpened(case_id=uuid("k", 1), kind=CASE_KIND_APPEAL),
                CaseClosed(case_id=uuid("k", 1), kind=CASE_KIND_APPEAL),
                CaseReopened(case_id=uuid("k", 1), kind=CASE_KIND_APPEAL),
            ],
            [
                {"turn": "OPENED", "kind": "APPEAL"},
                {"turn": "CLOSED", "kind": "APPEAL"},
                {"turn": "REOPENED", "kind": "APPEAL"},
            ],
        ),
        (
            "ticketChanged { version status previousStatus tier assignee }",
            [
                TicketStatusChanged(
                    ticket_id=uuid("t", 1), version=3, previous_status=TICKET_STATUS_NEW,
                    status=TICKET_STATUS_QUEUED, tier=SUPPORT_TIER_DUTY, changed_at=NOW,
                )
            ],
            [{"version": 3, "status": "QUEUED", "previousStatus": "NEW", "tier": "DUTY", "assignee": None}],
        ),
        (
            f'campaignStockChanged(campaign: "gid://quanzi/Campaign/{campaign}") {{ available }}',
            [
                ItemReserved(campaign_id=campaign, available=1),
                ItemReserved(campaign_id=uuid("c", 2), available=7),
                sold_out,
            ],
            [{"available": 1}, {"available": 0}],
        ),
        (
            "campaignStockChanged { available }",
            [ClaimExpired(campaign_id=campaign, available=2)],
            [{"available": 2}],
        ),
    ):  # fmt: skip
        async with opened(live, keys.token()) as socket:
            await socket.subscribe(f"subscription {{ {query} }}")
            await publish(connection, *events)
            for one in expected:
                (value,) = (await socket.event()).values()
                assert value == one


async def test_a_slow_subscriber_is_dropped_with_a_reason(
    live: HttpServer, connection: Client, keys: Keys, services: FakeServices
) -> None:
    """Three events may wait; resolving the first takes long, as its service does."""
    serve(services)
    answering = services.answers["BatchGetMembers"]
    asked = asyncio.Event()

    async def slow(request: Any) -> Any:
        asked.set()
        await until_true(lambda: not live.hub._listeners)  # type: ignore[attr-defined]
        return answering(request)

    services.answers["BatchGetMembers"] = slow
    async with opened(live, keys.token()) as socket:
        await socket.subscribe(TIERS)
        await publish(connection, tier_change(0))
        await asked.wait()
        await publish(connection, *(tier_change(i) for i in range(1, 8)))
        await socket.event()
        message = await socket.next()
        (error,) = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
        assert error["extensions"]["code"] == "SLOW_CONSUMER"
        if message["type"] == "next":
            assert (await socket.next())["type"] == "complete"
    assert not live.hub._listeners  # type: ignore[attr-defined]


async def test_who_may_not_subscribe(live: HttpServer, keys: Keys) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        async with opened(live, "forged"):
            pass
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403
    for role, query in (
        ("agent", "violationOpened { strike }"),
        ("agent", "alertChanged { turn }"),
        ("moderator", "memberConsentChanged { state }"),
        ("moderator", "operationFinished { status }"),
    ):
        async with opened(live, keys.token(role)) as socket:
            await socket.request(f"subscription {{ {query} }}")
            message = await socket.next()
            errors = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
            assert errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_connection_ends_with_its_token(live: HttpServer, keys: Keys) -> None:
    async with opened(live, keys.token(lifetime=5)) as socket:
        await socket.subscribe(TIERS)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.next()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_pages_of_other_origins_and_the_old_protocol_are_refused(live: HttpServer, keys: Keys) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(live, keys.token(), origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    async with opened(live, keys.token(), origin="https://ops.example"):
        pass
    url = f"ws://127.0.0.1:{live.port}/graphql"
    with suppress(ConnectionClosed):
        async with connect(url, subprotocols=["graphql-ws"], proxy=None) as raw:  # type: ignore[list-item]
            await raw.recv()
            pytest.fail("the old protocol was accepted")
