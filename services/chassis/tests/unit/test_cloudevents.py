import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from chassis.cloudevents import MAX_BODY_BYTES, CloudEvent, EventTooLarge, MalformedEvent, encode_body
from chassis.event_type import NotAnEvent, event_type
from quanzi.risk.v1 import events_pb2 as risk
from quanzi.tenancy.v1.events_pb2 import TenantRegistered

TENANT = UUID(int=7)
EVENT = CloudEvent(
    id="0192",
    source="/quanzi/gateway",
    type="quanzi.gateway.tenant.registered.v1",
    subject="茶 铺%",
    time=datetime(2026, 11, 22, 8, tzinfo=UTC),
    schema="quanzi.tenancy.v1.TenantRegistered",
    partition_key="茶\r\n铺",
    sequence=12,
    tenant_id=TENANT,
    data=encode_body(TenantRegistered(tenant_id=str(TENANT), time_zone="Asia/Shanghai", name="茶铺")),
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


def test_headers_carry_every_attribute_in_printable_ascii() -> None:
    headers = EVENT.headers()
    assert headers["ce-specversion"] == "1.0"
    assert headers["ce-time"] == "2026-11-22T08:00:00Z"
    assert headers["ce-dataschema"] == "urn:quanzi:schema:quanzi.tenancy.v1.TenantRegistered"
    assert headers["content-type"] == "application/json"
    assert all("!" <= character <= "~" for value in headers.values() for character in value)
    assert CloudEvent.of(headers, EVENT.data) == EVENT
    assert "traceparent" not in replace(EVENT, traceparent=None).headers()


def test_the_body_is_canonical_proto_json() -> None:
    assert json.loads(EVENT.data) == {"tenantId": str(TENANT), "timeZone": "Asia/Shanghai", "name": "茶铺"}
    assert b" " not in EVENT.data
    assert EVENT.message() == TenantRegistered(tenant_id=str(TENANT), time_zone="Asia/Shanghai", name="茶铺")
    later = replace(EVENT, data=b'{"name":"a","addedLater":1}')
    assert later.message() == TenantRegistered(name="a")


def test_a_body_is_bounded() -> None:
    with pytest.raises(EventTooLarge, match="TenantRegistered takes"):
        encode_body(TenantRegistered(name="x" * MAX_BODY_BYTES))


@pytest.mark.parametrize(
    "name", ["ce-id", "ce-type", "ce-time", "ce-tenantid", "ce-sequence", "ce-specversion"]
)
def test_what_lacks_an_attribute_or_has_a_wrong_one_is_malformed(name: str) -> None:
    headers = EVENT.headers()
    if name not in ("ce-id", "ce-type"):
        with pytest.raises(MalformedEvent):
            CloudEvent.of({**headers, name: "?"}, b"")
    del headers[name]
    with pytest.raises(MalformedEvent, match=name):
        CloudEvent.of(headers, b"")


def test_no_headers_at_all() -> None:
    with pytest.raises(MalformedEvent):
        CloudEvent.of(None, b"")


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": "os.path"},
        {"schema": "quanzi.nothing.v1.Gone"},
        {"schema": "quanzi.tenancy.v1.Gone"},
        {"data": b"{"},
        {"data": b"\xff"},
        {"data": b'{"name": 1}'},
    ],
)
def test_a_body_that_does_not_fit_its_schema_is_malformed(changed: dict[str, Any]) -> None:
    with pytest.raises(MalformedEvent):
        replace(EVENT, **changed).message()


def test_the_type_comes_from_the_option_of_the_message() -> None:
    kind = event_type(TenantRegistered.DESCRIPTOR)
    assert kind.name == "quanzi.gateway.tenant.registered.v1"
    assert kind.subject(TENANT) == f"quanzi.{TENANT}.gateway.tenant.registered.v1"
    services = {event_type(message).service for message in risk.DESCRIPTOR.message_types_by_name.values()}
    assert services == {"risk"}
    with pytest.raises(NotAnEvent):
        event_type(Timestamp.DESCRIPTOR)
