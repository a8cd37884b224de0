"""Hostile input where it comes in is refused or decided, and what comes after it is decided as ever."""

from collections.abc import AsyncIterator
from uuid import UUID

import grpc
import pytest
from nats.js import JetStreamContext

from chassis.messaging import activities_subject
from chassis.rpc.client import ForwardedCredentials, open_channel
from chassis.testbed.processes import IdentityKeys
from chassis.testbed.waiting import eventually
from quanzi.inbound.v1.activity_pb2 import ActivityBatch
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.risk.v1 import screening_pb2
from quanzi.risk.v1.screening_pb2 import VERDICT_BLOCK

from ..samples import ADVERT
from .door import Door, activity, as_caller, refusal

STAND_IN = "stand-in"
NO_UTF8 = {
    "a byte that never occurs": b"\xff" * 8,
    "a lone surrogate": b"aa\xed\xa0\x80bbb",
    "a character that is cut off": b"aaaaaa\xe5\x8a",
    "an overlong form": b"aaaaaa\xc0\xaf",
}
HOSTILE = {
    "900 kB": "今天天气很好，" * 43_000,
    "nested bidi and zero-width": "\u202e\u2066\u200b" * 90_000 + ADVERT,
    "nothing but invisible": "\u200b\u2069\ufeff" * 5_000,
    "NUL": "\0" * 20_000 + ADVERT,
    "expressions that run away": "http://a." * 1_000 + "a@" * 1_000 + "1-" * 3_000 + "(" * 3_000 + "!",
    "20,000 hits": "加微" * 10_000,
}


def holding(message: bytes, text: bytes) -> bytes:
    """The message with other bytes in place of the text."""
    assert len(text) == len(STAND_IN)
    return message.replace(STAND_IN.encode(), text)


@pytest.fixture
async def raw(door: Door, identity_keys: IdentityKeys) -> AsyncIterator[grpc.aio.UnaryUnaryMultiCallable]:
    """ScreenTexts, given bytes."""
    channel = open_channel(door.process.address, ForwardedCredentials(identity_keys.signer("gateway")))
    yield channel.unary_unary(
        "/quanzi.risk.v1.ScreeningService/ScreenTexts",
        request_serializer=bytes,
        response_deserializer=screening_pb2.ScreenTextsResponse.FromString,
    )
    await channel.close()


def asking(*texts: str) -> screening_pb2.ScreenTextsRequest:
    return screening_pb2.ScreenTextsRequest(purpose=screening_pb2.SCREENING_PURPOSE_CONTENT, texts=texts)


@pytest.mark.parametrize("text", NO_UTF8.values(), ids=NO_UTF8)
async def test_a_call_that_is_no_utf8_is_refused(
    door: Door, raw: grpc.aio.UnaryUnaryMultiCallable, tenant_id: UUID, text: bytes
) -> None:
    with as_caller(tenant_id):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await raw(holding(asking(STAND_IN).SerializeToString(), text))
        assert "bad UTF-8" in str(refused.value.details())
        assert await door.verdict(ADVERT) == VERDICT_BLOCK


async def test_a_text_that_is_too_long_is_refused(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        long = door.screening.ScreenTexts(asking("今" * 350_000))
        assert await refusal(long) == ("INVALID_FIELD", "texts[0]")
        longest = await door.screening.ScreenTexts(asking("(" * 20_000, "\0" * 20_000))
    assert len(longest.decisions) == 2


async def test_hostile_messages_are_decided(door: Door, tenant_id: UUID) -> None:
    for text in HOSTILE.values():
        await door.send(tenant_id, [activity(text)])
    await door.send(tenant_id, [activity(ADVERT)])
    with as_caller(tenant_id):
        await eventually(lambda: decided(door), len(HOSTILE) + 1)


async def decided(door: Door) -> int:
    request = screening_pb2.ListDecisionsRequest(page=PageRequest(first=1, count_total=True))
    return (await door.screening.ListDecisions(request)).page_info.total_count


async def test_an_envelope_that_is_no_utf8_is_put_aside(
    door: Door, jetstream: JetStreamContext, tenant_id: UUID
) -> None:
    envelope = ActivityBatch(tenant_id=str(tenant_id), activities=[activity(STAND_IN)]).SerializeToString()
    for text in NO_UTF8.values():
        await jetstream.publish(activities_subject(tenant_id), holding(envelope, text))
    await door.send(tenant_id, [activity(ADVERT)])

    async def put_aside() -> dict[str, int] | None:
        subjects = f"quanzi.{tenant_id}.deadletter.risk-activities"
        return (await jetstream.stream_info("DEADLETTERS", subjects_filter=subjects)).state.subjects

    with as_caller(tenant_id):
        await eventually(lambda: decided(door), 1)
    await eventually(put_aside, {f"quanzi.{tenant_id}.deadletter.risk-activities": len(NO_UTF8)})
