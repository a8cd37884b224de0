"""The story of the platform, told through its public doors alone: GraphQL, subscriptions, NATS, webhooks.

A brand opens its group. Members join, buy and chat; an advert is dealt with; a post goes out on time; a flash
sale sells out; a question is answered and a complaint taken care of. Two journeys are followed as one trace.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.testbed.waiting import clear_of_midnight, eventually, until

from ..harness.brand import Brand, midday_zone, registered_brand, row
from ..harness.traces import spans_by_service, tracing
from ..harness.webhook_receiver import WebhookReceiver
from ..harness.whole_platform import Platform
from .day import (
    ADVERT,
    BUDGET,
    CLAIMS,
    GROUP,
    HISTORY,
    INDICATORS,
    MEMBERS,
    POSTS,
    STOCK,
    STOCK_OF,
    SUBSCRIPTIONS,
    TICKETS,
    TIER,
    VIOLATIONS,
    Day,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.fixture
async def brand(platform: Platform) -> AsyncIterator[Brand]:
    await clear_of_midnight()
    async with registered_brand(platform, "morning", midday_zone()) as brand:
        yield brand


@pytest.fixture
async def day(brand: Brand) -> AsyncIterator[Day]:
    with WebhookReceiver() as receiver:
        partner = await brand.partner("鲸奇SCRM")
        group = await brand.group(GROUP)
        async with partner.listening(), AsyncExitStack() as screens:
            shown = [await screens.enter_async_context(brand.admin.listen(one)) for one in SUBSCRIPTIONS]
            yield Day(brand, partner, receiver, group, shown)


async def test_a_day_in_a_group(day: Day) -> None:
    secret = await a_webhook_is_set_up(day)
    await members_join(day)
    await xiaoman_becomes_vip_and_her_tier_says_why(day)
    await chat_of_the_week_shows_in_the_indicators(day)
    await an_advert_is_dealt_with(day)
    await forbidden_words_do_not_get_into_the_library(day)
    await a_week_is_planned_and_a_post_goes_out(day)
    await a_flash_sale_of_three_sells_out_and_gives_back_what_nobody_paid(day)
    await a_question_is_answered_by_the_bot(day)
    await a_complaint_becomes_a_ticket_and_is_resolved(day)
    await screens_followed(day)
    await webhooks_came_signed(day, secret)


async def a_webhook_is_set_up(day: Day) -> str:
    types = ["quanzi.risk.violation.opened.v1", "quanzi.campaigns.flash_sale.sold_out.v1"]
    answer = await day.partner.front_end.do(
        "webhookEndpointCreate", "endpoint { id status } secret", url=day.receiver.url, eventTypes=types
    )
    assert answer["endpoint"]["status"] == "ACTIVE"
    return str(answer["secret"])


async def members_join(day: Day) -> None:
    now = datetime.now(UTC)
    joined = [
        row(
            "joined",
            f"join-{member}",
            member,
            now - timedelta(days=40 if member == "laochen" else 3),
            group=GROUP,
        )
        for member in MEMBERS
    ]
    await day.bring(*joined)
    await day.bring(*joined)  # an import repeated changes nothing
    await eventually(lambda: day.tier("xiaoman"), "PROSPECT")
    await eventually(lambda: day.tier("laochen"), "DORMANT")


async def xiaoman_becomes_vip_and_her_tier_says_why(day: Day) -> None:
    order = {"reference": "o-1", "amount_minor": 520_000, "currency": "CNY"}
    await day.bring(row("order_paid", "order-1", "xiaoman", datetime.now(UTC), group=GROUP, order=order))
    await eventually(lambda: day.tier("xiaoman"), "VIP")
    found = (await day.admin.ask(TIER, reference="xiaoman"))["memberByReference"]
    assert found["tier"]["reason"] == {"rule": "net_spend_30d >= 500000", "netSpendMinor": 520_000}
    history = (await day.admin.ask(HISTORY, id=found["id"]))["tierAssignments"]["nodes"]
    assert {"tier": "VIP", "previousTier": "PROSPECT"} in history
    await day.partner.event("member.tier_changed", memberId=found["id"].rpartition("/")[2], tier="TIER_VIP")


async def chat_of_the_week_shows_in_the_indicators(day: Day) -> None:
    today = datetime.now(UTC).date()
    chat = [
        row(
            "message",
            f"chat-{days}-{n}",
            member,
            datetime.now(UTC) - timedelta(days=days),
            group=GROUP,
            text=text,
        )
        for days in range(1, 3)
        for n, (member, text) in enumerate(
            [("ajie", "面膜很好用"), ("ajie", "已经回购了"), ("ting", "求链接")]
        )
    ]
    await day.bring(*chat)
    await eventually(lambda: day.tier("ajie"), "ACTIVE")

    async def messages() -> float:
        return float((await indicators(day, today))["MESSAGES_PER_DAY"]["numerator"])

    await eventually(messages, len(chat))
    measured = await indicators(day, today)
    assert measured["MESSAGES_PER_DAY"]["status"] == "UNHEALTHY"
    assert (measured["CLICK_RATE"]["status"], measured["CLICK_RATE"]["value"]) == ("UNKNOWN", None)


async def indicators(day: Day, today: date) -> dict[str, dict[str, Any]]:
    week = {"from": str(today - timedelta(days=7)), "to": str(today)}
    group = (await day.admin.ask(INDICATORS, id=day.group, **week))["node"]
    assert group["size"] == len(MEMBERS)
    return {one["kind"]: one for one in group["indicators"]["indicators"]}


async def an_advert_is_dealt_with(day: Day) -> None:
    """One inbound message, followed over gateway, risk, segmentation and back out to the partner."""
    with tracing(day.admin) as trace_id:
        await day.bring(row("message", "advert-1", "dalong", datetime.now(UTC), group=GROUP, text=ADVERT))
    dalong = await day.member_id("dalong")

    async def violations() -> list[dict[str, Any]]:
        found = await day.admin.ask(VIOLATIONS, member=dalong)
        return list(found["violations"]["nodes"])

    [violation] = await until(violations, bool, "the violation")
    [task] = violation["tasks"]
    assert (violation["category"], violation["status"], violation["strike"]) == ("ADVERT", "OPEN", 1)
    assert (task["action"], task["status"]) == ("WARN", "OPEN")
    told = await day.partner.event("moderator_task.created")
    assert trace_id in told.headers["traceparent"]
    await day.partner.front_end.do("moderatorTaskConfirm", "task { status }", task=task["id"])
    assert [one["status"] for one in await violations()] == ["HANDLED"]
    await day.partner.event("violation.handled")
    await is_one_trace(day, trace_id, {"gateway", "risk", "segmentation"})


async def is_one_trace(day: Day, trace_id: str, services: set[str]) -> None:
    async def reached() -> set[str]:
        return services & spans_by_service(day.brand.platform.trace_file, trace_id).keys()

    await eventually(reached, services)


async def forbidden_words_do_not_get_into_the_library(day: Day) -> None:
    operator = await day.brand.colleague("operator")
    text = {"type": "PROMOTION", "format": "TEXT", "title": "兼职", "body": ADVERT}
    item = (await operator.do("itemCreate", "item { id version }", **text))["item"]
    refused = (
        await operator.do(
            "itemSubmit", "item { status statusReason }", item=item["id"], version=item["version"]
        )
    )["item"]
    assert (refused["status"], bool(refused["statusReason"])) == ("BLOCKED", True)
    assert await operator.refusal("itemReview", item=item["id"], version=1, approve=True) == (
        "WRONG_ITEM_STATUS",
        "item",
    )


async def a_week_is_planned_and_a_post_goes_out(day: Day) -> None:
    """The delivery, too, is followed: gateway, content, and segmentation that counts who was reached."""
    operator = await day.brand.colleague("operator")
    for kind, number in [
        ("PRODUCT_KNOWLEDGE", 2),
        ("PROMOTION", 2),
        ("UGC", 1),
        ("INDUSTRY_NEWS", 1),
        ("FUN_INTERACTION", 1),
    ]:
        for count in range(number):
            text = {
                "type": kind,
                "format": "TEXT",
                "title": f"{kind} {count}",
                "body": "早安，今天也要好好护肤",
            }
            item = (await operator.do("itemCreate", "item { id version }", **text))["item"]
            version = {"item": item["id"], "version": item["version"]}
            await operator.do("itemSubmit", "item { status }", **version)
            approved = await operator.do("itemReview", "item { status }", **version, approve=True)
            assert approved["item"]["status"] == "APPROVED"
    now = datetime.now(UTC)
    start = now.date() + timedelta(days=1)
    plan = (
        await operator.do(
            "planGenerate",
            "plan { id gaps { reason } }",
            startDate=str(start),
            days=7,
            groups=[day.group],
            postsPerDay=1,
        )
    )["plan"]
    assert plan["gaps"] == []
    approved = await operator.do("planApprove", "plan { status }", plan=plan["id"])
    assert approved["plan"]["status"] == "APPROVED"
    posts = (await operator.ask(POSTS, plan=plan["id"]))["posts"]["nodes"]
    assert {post["status"] for post in posts} == {"APPROVED"}
    assert len(posts) == 7

    soon = datetime.now(UTC) + timedelta(seconds=2)
    await operator.do("postReschedule", "post { dueAt }", post=posts[0]["id"], dueAt=soon.isoformat())
    post_id = posts[0]["id"].rpartition("/")[2]
    await day.partner.event("post.assigned", postId=post_id)
    with tracing(day.partner.front_end) as trace_id:
        await day.partner.front_end.do(
            "postReportDelivery", "post { status }", post=posts[0]["id"], outcome="DELIVERED"
        )
    await day.partner.event("post.delivered", postId=post_id)
    budget = (await operator.ask(BUDGET, id=day.group, month=f"{now:%Y-%m}"))["node"]["contactBudget"]
    assert budget["sent"] == 1
    await is_one_trace(day, trace_id, {"gateway", "content", "segmentation"})


async def a_flash_sale_of_three_sells_out_and_gives_back_what_nobody_paid(day: Day) -> None:
    now = datetime.now(UTC)
    sale = (
        await day.admin.do(
            "flashSaleSchedule", "campaign { id status }", name="限时秒杀", groups=[day.group],
            startsAt=now.isoformat(), endsAt=(now + timedelta(hours=1)).isoformat(), itemName="面膜",
            stock=STOCK, perMemberLimit=1, priceMinor=9_900, paymentDeadlineSeconds=12,
        )
    )["campaign"]  # fmt: skip
    members = [await day.member_id(member) for member in MEMBERS]
    claim = "claim { id status amount { amountMinor currency } }"
    answers = await asyncio.gather(
        *(day.admin.mutate("claimReserve", claim, campaign=sale["id"], member=member) for member in members)
    )
    claims = [answer["claim"] for answer in answers if answer["claim"]]
    refused = [answer["userErrors"][0]["code"] for answer in answers if answer["userErrors"]]
    assert (len(claims), refused) == (STOCK, ["SOLD_OUT"] * (len(MEMBERS) - STOCK))
    paid = claims[0]
    assert paid["amount"] == {"amountMinor": 9_900, "currency": "CNY"}
    payment = {"paymentReference": "pay-1", "amountMinor": 9_900, "currency": "CNY"}
    await day.partner.front_end.do("claimPay", "claim { status }", claim=paid["id"], **payment)
    await day.partner.event("flash_sale.sold_out")

    async def stock() -> dict[str, int]:
        found: dict[str, int] = (await day.admin.ask(STOCK_OF, id=sale["id"]))["node"]["flashSale"]
        return found

    await eventually(stock, {"total": STOCK, "available": STOCK - 1, "reserved": 0, "sold": 1})
    kept = (await day.admin.ask(CLAIMS, id=sale["id"]))["claims"]["nodes"]
    assert sorted(one["status"] for one in kept) == ["EXPIRED", "EXPIRED", "PAID"]
    await day.partner.event("claim.expired")


async def a_question_is_answered_by_the_bot(day: Day) -> None:
    entry = {
        "externalReference": "f-1",
        "question": "敏感肌可以用这款面膜吗",
        "answer": "可以，请先在耳后试用。",
    }
    await day.admin.do("faqPutEntries", "changed", entries=[entry])
    question = row(
        "message", "question-1", "ting", datetime.now(UTC), group=GROUP, text="敏感肌可以用这款面膜吗？"
    )
    await day.bring(question | {"addressed_to_brand": True})
    answered = await day.partner.event("question.answered")
    assert answered.data["answerText"] == entry["answer"]
    ting = await day.member_id("ting")
    assert (await day.admin.ask(TICKETS, member=ting))["tickets"]["nodes"] == []


async def a_complaint_becomes_a_ticket_and_is_resolved(day: Day) -> None:
    complaint = row(
        "message", "complaint-1", "ajie", datetime.now(UTC), group=GROUP, text="用了过敏，我要投诉"
    )
    await day.bring(complaint | {"addressed_to_brand": True})
    ajie = await day.member_id("ajie")

    async def tickets() -> list[dict[str, Any]]:
        return list((await day.admin.ask(TICKETS, member=ajie))["tickets"]["nodes"])

    [ticket] = await until(tickets, bool, "the ticket")
    assert (ticket["status"], ticket["tier"], ticket["handoverReason"]) == ("QUEUED", "EXPERT", "COMPLAINT")
    agent = await day.brand.colleague("agent")
    assigned = (await agent.do("ticketAssign", "ticket { id status assignee }"))["ticket"]
    assert assigned == {"id": ticket["id"], "status": "ASSIGNED", "assignee": "agent-1"}
    await agent.do("ticketReply", "reply { author }", ticket=ticket["id"], text="抱歉，马上为您处理。")
    await day.partner.event("ticket.replied", ticketId=ticket["id"].rpartition("/")[2])
    resolved = await agent.do("ticketResolve", "ticket { status }", ticket=ticket["id"])
    assert resolved["ticket"]["status"] == "RESOLVED"


async def screens_followed(day: Day) -> None:
    tiers, violations, stock, tickets = day.shown
    xiaoman = {"tier": "VIP", "previousTier": "PROSPECT", "member": {"externalReference": "xiaoman"}}

    async def seen() -> tuple[bool, list[str], int, int, list[str]]:
        left = [one["campaignStockChanged"]["available"] for one in stock]
        return (
            {"memberTierChanged": xiaoman} in tiers,
            [one["violationOpened"]["category"] for one in violations],
            min(left, default=-1),
            left[-1] if left else -1,
            [one["ticketChanged"]["status"] for one in tickets],
        )

    await eventually(seen, (True, ["ADVERT"], 0, STOCK - 1, ["QUEUED", "ASSIGNED", "RESOLVED"]))


async def webhooks_came_signed(day: Day, secret: str) -> None:
    async def kinds() -> list[str]:
        return [event["type"] for event in day.receiver.verified(secret)]

    await eventually(kinds, ["quanzi.risk.violation.opened.v1", "quanzi.campaigns.flash_sale.sold_out.v1"])
