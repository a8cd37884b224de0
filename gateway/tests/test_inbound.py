"""The inbound door on a real JetStream: what is stored, what is refused and why."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import nats
import pytest
from nats.js import JetStreamContext

from chassis.ids import derived_id
from chassis.messaging import ensure_streams
from chassis.testbed.servers import NatsForTests
from gateway.gateway import Gateway
from gateway.inbound.envelopes import Publisher
from quanzi.inbound.v1.activity_pb2 import (
    ACTIVITY_KIND_ORDER_PAID,
    MESSAGE_CONTENT_STICKER,
    Activity,
    ActivityBatch,
)
from quanzi.segmentation.v1 import groups_pb2

from .conftest import TENANT, Door, Keys
from .fakes import FakeServices

ROW = {
    "kind": "message", "source": "wecom", "source_id": "m1", "member": "wm1", "group": "wr1",
    "occurred_at": "2026-11-22T09:00:00.250+08:00", "text": "在吗", "addressed_to_brand": True,
    "display_name": "小王",
}  # fmt: skip
STICKER = ROW | {"text": None, "content": "sticker"}
ORDER = {
    "kind": "order_paid", "source": "shop", "source_id": "o1", "member": "wm1",
    "occurred_at": "2026-11-22T01:00:00Z",
    "order": {"reference": "1001", "amount_minor": 1990, "currency": "CNY"},
}  # fmt: skip


@pytest.fixture(scope="session")
async def jetstream(nats_server: NatsForTests) -> AsyncIterator[JetStreamContext]:
    connection = await nats.connect(nats_server.url, **nats_server.login("gateway"))
    await ensure_streams(connection.jetstream())
    yield connection.jetstream()
    await connection.close()


@pytest.fixture
async def inbound(
    make_gateway: Callable[..., Gateway], keys: Keys, jetstream: JetStreamContext, services: FakeServices
) -> Door:
    def lookup(request: groups_pb2.LookupGroupsRequest) -> groups_pb2.LookupGroupsResponse:
        known = [one for one in request.external_references if one.startswith("wr")]
        return groups_pb2.LookupGroupsResponse(
            groups=[groups_pb2.Group(external_reference=one) for one in known]
        )

    services.answers["LookupGroups"] = lookup
    return Door(make_gateway(Publisher(jetstream), bulk_rows=5_000), keys.token("partner"))


async def stored(jetstream: JetStreamContext, since: int) -> list[Activity]:
    """Activities in the stream behind a sequence."""
    last = (await jetstream.stream_info("INBOUND")).state.last_seq
    found: list[Activity] = []
    for sequence in range(since + 1, last + 1):
        message = await jetstream.get_msg("INBOUND", sequence, direct=True)
        assert message.subject == f"quanzi.{TENANT}.inbound.activities.v1"
        envelope = ActivityBatch.FromString(message.data or b"")
        assert envelope.tenant_id == str(TENANT)
        assert len(envelope.activities) <= 200
        found += envelope.activities
    return found


async def position(jetstream: JetStreamContext) -> int:
    return (await jetstream.stream_info("INBOUND")).state.last_seq


async def send(door: Door, *rows: object, query: str = "") -> list[dict[str, Any]]:
    body = b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    response = await door.http.post(f"/v1/activities{query}", content=body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


async def test_rows_become_activities_with_derived_ids(inbound: Door, jetstream: JetStreamContext) -> None:
    since = await position(jetstream)
    assert await send(inbound, ROW, b"", ORDER) == [{"accepted": 2, "rejected": 0}]
    message, order = await stored(jetstream, since)
    assert message.activity_id == str(derived_id(TENANT, "activity", "wecom:m1"))
    assert message.member_id == str(derived_id(TENANT, "member", "wm1"))
    assert message.group_id == str(derived_id(TENANT, "group", "wr1"))
    assert message.occurred_at.ToJsonString() == "2026-11-22T01:00:00.250Z"
    assert (message.text, message.addressed_to_brand) == ("在吗", True)
    assert (order.kind, order.group_id, order.order.amount_minor) == (ACTIVITY_KIND_ORDER_PAID, "", 1990)
    assert order.member_id == message.member_id


async def test_the_same_rows_twice_are_stored_once(inbound: Door, jetstream: JetStreamContext) -> None:
    rows = [ROW | {"source_id": f"twice{i}"} for i in range(450)]
    since = await position(jetstream)
    for _ in range(2):
        assert await send(inbound, *rows) == [{"accepted": 450, "rejected": 0}]
    assert len(await stored(jetstream, since)) == 450


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (b"{", "MALFORMED_JSON", None),
        (b"\xff\xfe", "MALFORMED_JSON", None),
        (rb'{"text": "\ud800"}', "MALFORMED_JSON", None),
        ([1], "MALFORMED_JSON", None),
        (b'{"text": "' + b"x" * 70_000 + b'"}', "LINE_TOO_LONG", None),
        (ROW | {"colour": "red"}, "UNKNOWN_FIELD", "colour"),
        (ROW | {"kind": "shout"}, "INVALID_FIELD", "kind"),
        (ROW | {"kind": ["message"]}, "INVALID_FIELD", "kind"),
        (ROW | {"kind": None}, "MISSING_FIELD", "kind"),
        (ROW | {"source": ""}, "MISSING_FIELD", "source"),
        (ROW | {"source_id": 7}, "INVALID_FIELD", "source_id"),
        (ROW | {"source_id": "x" * 251}, "INVALID_FIELD", "source_id"),
        (ROW | {"member": None}, "MISSING_FIELD", "member"),
        (ROW | {"text": "a\0b"}, "INVALID_FIELD", "text"),
        (ROW | {"group": "elsewhere"}, "UNKNOWN_GROUP", "group"),
        (ROW | {"kind": "joined", "group": None}, "MISSING_FIELD", "group"),
        (ROW | {"occurred_at": "yesterday"}, "INVALID_FIELD", "occurred_at"),
        (ROW | {"occurred_at": "2026-11-22T09:00:00"}, "INVALID_FIELD", "occurred_at"),
        (ROW | {"occurred_at": 1732237200}, "INVALID_FIELD", "occurred_at"),
        (ROW | {"occurred_at": "2999-01-01T00:00:00Z"}, "INVALID_FIELD", "occurred_at"),
        (ROW | {"addressed_to_brand": "yes"}, "INVALID_FIELD", "addressed_to_brand"),
        (ROW | {"campaign_id": "c1"}, "INVALID_FIELD", "campaign_id"),
        (STICKER | {"content": "smell"}, "INVALID_FIELD", "content"),
        (STICKER | {"text": "在吗"}, "INVALID_FIELD", "content"),
        (STICKER | {"kind": "like"}, "INVALID_FIELD", "content"),
        (ROW | {"order": ORDER["order"]}, "INVALID_FIELD", "order"),
        (ORDER | {"order": None}, "MISSING_FIELD", "order"),
        (ORDER | {"order": {**ORDER["order"], "amount_minor": -1}}, "INVALID_FIELD", "order.amount_minor"),
        (ORDER | {"order": {**ORDER["order"], "amount_minor": 1.5}}, "INVALID_FIELD", "order.amount_minor"),
        (ORDER | {"order": {**ORDER["order"], "currency": "USD"}}, "INVALID_FIELD", "order.currency"),
        (ORDER | {"order": {**ORDER["order"], "tax": 1}}, "UNKNOWN_FIELD", "order.tax"),
        (ORDER | {"order": {"amount_minor": 1, "currency": "CNY"}}, "MISSING_FIELD", "order.reference"),
    ],
)  # type: ignore[dict-item]
async def test_a_bad_row_is_named_and_the_others_pass(
    inbound: Door, row: object, code: str, field: str | None
) -> None:
    refused, summary = await send(inbound, ROW, row, ORDER)
    assert (refused["line"], refused["code"], refused["field"]) == (2, code, field)
    assert refused["message"]
    assert summary == {"accepted": 2, "rejected": 1}


async def test_a_sticker_by_both_doors(inbound: Door, jetstream: JetStreamContext) -> None:
    since = await position(jetstream)
    assert await send(inbound, STICKER | {"source_id": "sticker1"}) == [{"accepted": 1, "rejected": 0}]
    mutation = """
    mutation ($activities: [ActivityInput!]!) {
      activitiesSubmit(input: {activities: $activities}) { accepted } }
    """
    activity = {
        "kind": "MESSAGE", "source": "wecom", "sourceId": "sticker2", "member": "wm1", "group": "wr1",
        "occurredAt": ROW["occurred_at"], "content": "STICKER",
    }  # fmt: skip
    await inbound.ask(mutation, activities=[activity])
    assert [(it.content, it.text) for it in await stored(jetstream, since)] == [
        (MESSAGE_CONTENT_STICKER, "")
    ] * 2


async def test_the_source_may_stand_in_the_query(inbound: Door, jetstream: JetStreamContext) -> None:
    since = await position(jetstream)
    row = {name: value for name, value in ROW.items() if name != "source"}
    assert await send(inbound, row, query="?source=import") == [{"accepted": 1, "rejected": 0}]
    (activity,) = await stored(jetstream, since)
    assert activity.source == "import"


async def test_a_long_body_is_streamed_and_groups_are_asked_for_once(
    inbound: Door, jetstream: JetStreamContext, services: FakeServices
) -> None:
    since = await position(jetstream)

    async def body() -> AsyncIterator[bytes]:
        for i in range(4_000):
            line = json.dumps(ROW | {"source_id": f"long{i}", "group": f"wr{i % 40}"}).encode() + b"\n"
            yield line[:50]
            yield line[50:]

    response = await inbound.http.post("/v1/activities", content=body())
    assert response.json() == {"accepted": 4_000, "rejected": 0}
    activities = await stored(jetstream, since)
    assert [activity.source_id for activity in activities] == [f"long{i}" for i in range(4_000)]
    assert services.calls["LookupGroups"] == 1


async def test_a_request_has_an_end(inbound: Door, jetstream: JetStreamContext) -> None:
    since = await position(jetstream)
    rows = "\n".join(json.dumps(ROW | {"source_id": f"end{i}"}) for i in range(5_002))
    response = await inbound.http.post("/v1/activities", content=rows)
    assert response.status_code == 413
    (error,) = response.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["accepted"]) == ("TOO_MANY_ROWS", 5_000)
    assert len(await stored(jetstream, since)) == 5_000


async def test_who_may_submit(inbound: Door, keys: Keys) -> None:
    for token, status, code in (
        ("Bearer none", 401, "UNAUTHENTICATED"),
        (f"Bearer {keys.token('agent')}", 403, "FORBIDDEN"),
        (f"Bearer {keys.token('admin', tenant=derived_id(TENANT, 'x', 'y'))}", 403, "UNKNOWN_TENANT"),
    ):
        response = await inbound.http.post("/v1/activities", headers={"authorization": token})
        assert response.status_code == status
        assert response.json()["errors"][0]["extensions"]["code"] == code


async def test_an_outage_says_how_many_were_accepted(door: Door) -> None:
    response = await door.http.post("/v1/activities", content=json.dumps(ORDER))
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    (error,) = response.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["accepted"]) == ("SERVICE_UNAVAILABLE", 0)


async def test_the_mutation_takes_what_the_bulk_door_takes(
    inbound: Door, jetstream: JetStreamContext
) -> None:
    since = await position(jetstream)
    activity = {
        "kind": "ORDER_REFUNDED", "source": "shop", "sourceId": "r1", "member": "wm2", "group": "wr7",
        "occurredAt": "2026-11-22T09:00:00+08:00",
        "order": {"reference": "1001", "amountMinor": 990, "currency": "CNY"},
    }  # fmt: skip
    mutation = """
    mutation ($activities: [ActivityInput!]!) { activitiesSubmit(input: {activities: $activities}) {
      accepted rejections { index code field message } userErrors { field code } } }
    """
    answer = await inbound.ask(mutation, activities=[activity, activity | {"group": "elsewhere"}])
    payload = answer["data"]["activitiesSubmit"]
    assert payload["accepted"] == 1
    assert [(row["index"], row["code"], row["field"]) for row in payload["rejections"]] == [
        (1, "UNKNOWN_GROUP", "group")
    ]
    (refund,) = await stored(jetstream, since)
    assert (refund.order.amount_minor, refund.occurred_at.seconds) == (990, 1795309200)
    too_many = await inbound.ask(mutation, activities=[activity] * 1001)
    assert too_many["data"]["activitiesSubmit"]["userErrors"] == [{"field": "activities", "code": "INVALID"}]


@pytest.mark.load
async def test_cost_of_an_activity(inbound: Door) -> None:
    rows = "\n".join(
        json.dumps(ROW | {"source_id": f"cost{i}", "member": f"wm{i % 900}"}) for i in range(5_000)
    )
    started = time.process_time()
    await inbound.http.post("/v1/activities", content=rows)
    spent = time.process_time() - started
    print(f"{spent / 5_000 * 1e6:.1f} µs of CPU an activity, all in")
    await asyncio.sleep(0)
