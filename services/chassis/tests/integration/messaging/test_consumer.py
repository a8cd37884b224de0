"""What a handler may rely on: each effect once, poison set aside with its reason, the rest unharmed."""

from uuid import UUID

import pytest
from nats.aio.client import Client

from chassis import pull
from chassis.consumer import ActivityConsumer, EventConsumer, Subscription
from chassis.database import Session
from chassis.deadletters import LetterNotFound, replay
from chassis.testbed.loops import running
from chassis.testbed.waiting import until_true
from quanzi.inbound.v1.activity_pb2 import ActivityBatch

from .conftest import (
    ACTIVITIES,
    EVENTS,
    Notebook,
    dead_letters,
    send_activities,
    send_event,
    settled,
)


def activities(
    client: Client, notebook: Notebook, name: str, tenant: UUID, **options: int
) -> ActivityConsumer[Session]:
    wanted = Subscription(
        name, "INBOUND", (ACTIVITIES.format(tenant),), notebook.write, retry_delay=0.05, **options
    )
    return ActivityConsumer(client, notebook.transaction, wanted)


def events(client: Client, notebook: Notebook, name: str, tenant: UUID) -> EventConsumer[Session]:
    wanted = Subscription(name, "EVENTS", (EVENTS.format(tenant),), notebook.write, retry_delay=0.05)
    return EventConsumer(client, notebook.transaction, wanted)


async def test_the_same_event_five_times_has_one_effect(
    client: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    for _ in range(5):
        await send_event(client.jetstream(), tenant, "e1")
    await send_event(client.jetstream(), tenant, "e2")
    async with running(events(client, notebook, name, tenant)):
        await until_true(lambda: notebook.notes(tenant) == ["e1", "e2"])
        await settled(client, "EVENTS", name)
    assert notebook.notes(tenant) == ["e1", "e2"]


async def test_an_activity_sent_again_later_has_no_effect(
    client: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    async with running(activities(client, notebook, name, tenant)):
        await send_activities(client.jetstream(), tenant, ["a1", "a2", "a2"])
        await until_true(lambda: notebook.notes(tenant) == ["a1", "a2"])
        await send_activities(client.jetstream(), tenant, ["a2", "a3"])
        await until_true(lambda: notebook.notes(tenant) == ["a1", "a2", "a3"])
        await settled(client, "INBOUND", name)


async def test_one_poisoned_activity_is_dead_alone_and_can_be_replayed(
    client: Client, admin: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    ids = [f"a{number:03}" for number in range(100)]
    notebook.poison = {"a042"}
    async with running(activities(client, notebook, name, tenant)):
        await send_activities(client.jetstream(), tenant, ids)
        await settled(client, "INBOUND", name)
        assert notebook.notes(tenant) == [each for each in ids if each != "a042"]
        [buried] = await dead_letters(client, name)
        letter = buried.letter
        assert (letter.item, letter.consumer, letter.stream) == ("a042", name, "INBOUND")
        assert letter.reason == "ValueError: cannot digest a042"
        assert letter.subject == f"quanzi.{tenant}.inbound.activities.v1"
        assert [each.activity_id for each in ActivityBatch.FromString(letter.body).activities] == ["a042"]

        notebook.poison = set()
        await replay(admin.jetstream(), buried.sequence)
        await until_true(lambda: notebook.notes(tenant) == ids)
    assert await dead_letters(client, name) == []
    with pytest.raises(LetterNotFound):
        await replay(admin.jetstream(), buried.sequence)


async def test_poison_is_tried_five_times_and_declared_poison_once(
    client: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    notebook.poison, notebook.hopeless = {"bad"}, {"worse"}
    async with running(events(client, notebook, name, tenant)):
        for event_id in ("bad", "good", "worse"):
            await send_event(client.jetstream(), tenant, event_id)
        await settled(client, "EVENTS", name)
    assert notebook.notes(tenant) == ["good"]
    buried = await dead_letters(client, name)
    assert sorted(each.letter.item for each in buried) == ["bad", "worse"]
    alone = [each for each in buried if each.letter.item == "bad"]
    assert alone[0].letter.headers["ce-id"] == "bad"
    assert notebook.attempts.count("bad") >= 5
    assert notebook.attempts.count("worse") <= 3  # with the others, perhaps with one of them, alone


async def test_what_cannot_be_read_is_dead_at_once(
    client: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    js = client.jetstream()
    await js.publish(f"quanzi.{tenant}.inbound.activities.v1", b"\xff\xff")
    foreign = ActivityBatch(tenant_id="0197f3a0-0000-7000-8000-000000000000")
    await js.publish(f"quanzi.{tenant}.inbound.activities.v1", foreign.SerializeToString())
    await send_activities(js, tenant, ["readable"])
    async with running(activities(client, notebook, name, tenant)):
        await until_true(lambda: notebook.notes(tenant) == ["readable"])
        await settled(client, "INBOUND", name)
    mine = [each.letter for each in await dead_letters(client, name)]
    assert [letter.reason.split(":")[0] for letter in mine] == ["PoisonMessage", "PoisonMessage"]
    assert "not an ActivityBatch" in mine[0].reason
    assert "does not match the subject" in mine[1].reason
    assert mine[0].body == b"\xff\xff"


async def test_an_activity_with_an_impossible_time_is_dead_alone(
    client: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    envelope = ActivityBatch(tenant_id=str(tenant))
    envelope.activities.add(activity_id="good")
    envelope.activities.add(activity_id="never").occurred_at.seconds = 2**60
    envelope.activities.add(source_id="nameless")
    await client.jetstream().publish(ACTIVITIES.format(tenant), envelope.SerializeToString())
    async with running(activities(client, notebook, name, tenant)):
        await until_true(lambda: notebook.notes(tenant) == ["good"])
        await settled(client, "INBOUND", name)
    assert {each.letter.item for each in await dead_letters(client, name)} == {"never", ""}


async def test_two_consumers_at_once_share_the_work(
    client: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    ids = [f"a{number:04}" for number in range(1_000)]
    for start in range(0, len(ids), 20):
        for _ in range(2):  # each twice, so that both meet the same ones
            await send_activities(client.jetstream(), tenant, ids[start : start + 20])
    first, second = (activities(client, notebook, name, tenant, batch_size=50) for _ in range(2))
    async with running(first, second):
        await settled(client, "INBOUND", name)
    assert notebook.notes(tenant) == ids


async def test_a_batch_that_was_begun_is_finished_before_the_end(
    client: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    notebook.seconds = 0.5
    async with running(activities(client, notebook, name, tenant)):
        await send_activities(client.jetstream(), tenant, ["a1"])
        await until_true(lambda: notebook.attempts == ["a1"])
    assert notebook.notes(tenant) == ["a1"]
    await settled(client, "INBOUND", name)


async def test_slow_work_is_not_delivered_again(
    client: Client, notebook: Notebook, tenant: UUID, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "ACK_WAIT", 1.0)
    notebook.seconds = 2.5
    async with running(events(client, notebook, name, tenant)):
        await send_event(client.jetstream(), tenant, "slow")
        await until_true(lambda: notebook.notes(tenant) == ["slow"])
        await settled(client, "EVENTS", name)
    assert notebook.attempts == ["slow"]


async def test_a_deleted_consumer_is_made_again(
    client: Client, notebook: Notebook, tenant: UUID, name: str
) -> None:
    async with running(activities(client, notebook, name, tenant)):
        await send_activities(client.jetstream(), tenant, ["a1"])
        await until_true(lambda: notebook.notes(tenant) == ["a1"])
        await client.jetstream().delete_consumer("INBOUND", name)
        await send_activities(client.jetstream(), tenant, ["a2"])
        await until_true(lambda: notebook.notes(tenant) == ["a1", "a2"])


async def test_a_lone_message_is_not_kept_waiting(
    client: Client, notebook: Notebook, tenant: UUID, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither until a batch is full nor until the next look, which is half an hour away."""
    monkeypatch.setattr(pull, "_HEARTBEAT_SECONDS", 3_600.0)
    monkeypatch.setattr(pull, "_REQUEST_SECONDS", 7_200.0)
    async with running(activities(client, notebook, name, tenant)):
        await send_activities(client.jetstream(), tenant, ["warm"])
        await until_true(lambda: notebook.notes(tenant) == ["warm"])
        await send_activities(client.jetstream(), tenant, ["lone"])
        await until_true(lambda: notebook.notes(tenant) == ["lone", "warm"])
