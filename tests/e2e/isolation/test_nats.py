"""By NATS, with the login of a partner."""

from __future__ import annotations

import nats
import pytest

from chassis.testbed.waiting import until

from .two import Two

pytestmark = pytest.mark.e2e


SUBSCRIBED = ["quanzi.{b}.>", "quanzi.>", "_INBOX.>", "_INBOX_{partner}.>"]
PUBLISHED = [
    "quanzi.{b}.inbound.activities.v1",
    "quanzi.{a}.inbound.activities.v1",
    "quanzi.{b}.risk.violation.opened.v1",
    "$JS.API.CONSUMER.MSG.NEXT.EVENTS.partner-{partner}",
    "$JS.API.CONSUMER.INFO.EVENTS.partner-{partner}",
    "$JS.API.STREAM.INFO.EVENTS",
    "$JS.API.STREAM.MSG.GET.EVENTS",
    "$JS.API.DIRECT.GET.EVENTS",
    "$JS.API.CONSUMER.CREATE.EVENTS",
    "$JS.API.CONSUMER.DELETE.EVENTS.partner-{partner}",
    "$JS.API.STREAM.PURGE.EVENTS",
    "$JS.ACK.EVENTS.partner-{partner}.1.1.1.1.1",
]


@pytest.mark.parametrize("subject", SUBSCRIBED)
async def test_a_partner_hears_its_own_inbox_only(two: Two, subject: str) -> None:
    errors: list[Exception] = []
    async with two.tool_of_a.connected(errors) as connection:
        await connection.subscribe(_named(two, subject))
        await _is_refused(errors)


@pytest.mark.parametrize("subject", PUBLISHED)
async def test_a_partner_asks_for_its_own_events_only(two: Two, subject: str) -> None:
    errors: list[Exception] = []
    async with two.tool_of_a.connected(errors) as connection:
        await connection.publish(_named(two, subject), b"{}", reply=connection.new_inbox())
        await _is_refused(errors)


def _named(two: Two, subject: str) -> str:
    return subject.format(a=two.a.tenant_id, b=two.b.tenant_id, partner=two.uuid("partner"))


async def _is_refused(errors: list[Exception]) -> None:
    async def told() -> str:
        return " ".join(map(str, errors)).lower()

    await until(told, lambda answer: "permissions violation" in answer, "a refusal")


async def test_a_key_opens_its_own_login_only(two: Two) -> None:
    with pytest.raises(nats.errors.Error):
        await nats.connect(
            two.a.platform.nats.url, user=two.uuid("partner"), password=two.tool_of_a.access["apiKey"],
            allow_reconnect=False, error_cb=_silent,
        )  # fmt: skip


async def _silent(_: Exception) -> None:
    """The refusal is what the test is about."""
