"""A brand with one of everything, and another that tries to get at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.testbed.waiting import until

from ...harness.brand import Brand, row
from ...harness.partner_tool import PartnerTool
from .impersonated import impersonated
from .insights import insights
from .judged import judged
from .outraged import outraged, settled
from .retrained import retrained
from .rostered import rostered

GROUP, MEMBER = "wr-secret", "wm-secret"
ADVERT = "刷单返现，加微信 wx_88888"

_BREACH = "query { violations { nodes { id member { id } tasks { id } } } }"
_POSTS = "query($plan: ID!) { posts(plan: $plan) { nodes { id } } }"


@dataclass(frozen=True, slots=True)
class Two:
    """A reaches for `theirs`, which is B's."""

    a: Brand
    b: Brand
    tool_of_a: PartnerTool
    theirs: dict[str, str]

    def uuid(self, name: str) -> str:
        return self.theirs[name].rpartition("/")[2]


async def belongings(brand: Brand) -> dict[str, str]:
    """Global ids by the name that inputs and arguments call them."""
    do, now = brand.admin.do, datetime.now(UTC)
    partner = await brand.partner("their tool")
    group = await brand.group(GROUP)
    never = ["quanzi.content.plan.approved.v1"]
    hook = {"url": "http://127.0.0.1:9/hook", "partner": partner.id, "eventTypes": never}
    endpoint = (await do("webhookEndpointCreate", "endpoint { id }", **hook))["endpoint"]["id"]
    await brand.admin.bring([row("message", "1", MEMBER, now, group=GROUP, text=ADVERT)])
    breach = await until(lambda: _breach(brand), lambda found: bool(found and found["member"]), "a violation")
    assert breach
    member = breach["member"]["id"]
    text = {"type": "UGC", "format": "TEXT", "title": "晒单", "body": "很好用"}
    item = (await do("itemCreate", "item { id }", **text))["item"]["id"]
    await do("itemSubmit", "item { id }", item=item, version=1)
    await do("itemReview", "item { id }", item=item, version=1, approve=True)
    week = {"startDate": str(now.date() + timedelta(days=2)), "days": 7, "postsPerDay": 1}
    plan = (await do("planGenerate", "plan { id }", groups=[group], **week))["plan"]["id"]
    [post] = (await brand.admin.ask(_POSTS, plan=plan))["posts"]["nodes"]
    sale = {
        "name": "秒杀", "itemName": "面膜", "stock": 1, "perMemberLimit": 1, "priceMinor": 1,
        "paymentDeadlineSeconds": 1800, "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z",
    }  # fmt: skip
    campaign = (await do("flashSaleSchedule", "campaign { id }", groups=[group], **sale))["campaign"]["id"]
    claim = (await do("claimReserve", "claim { id }", campaign=campaign, member=member))["claim"]["id"]
    ticket = (await do("ticketOpen", "ticket { id }", member=member, subject="?", text="?"))["ticket"]["id"]
    insight = await insights(brand, group, now)
    incident = await outraged(brand, GROUP)
    await settled(brand)
    return {
        **insight, **await judged(brand, GROUP, MEMBER), **await rostered(brand, group),
        **await retrained(brand, GROUP),
        **await impersonated(brand, GROUP, "wm-imposter"),
        **incident,
        "partner": partner.id, "endpoint": endpoint, "group": group, "member": member, "item": item,
        "plan": plan, "post": post["id"], "campaign": campaign, "claim": claim, "ticket": ticket,
        "violation": breach["id"], "task": breach["tasks"][0]["id"],
    }  # fmt: skip


async def _breach(brand: Brand) -> dict[str, Any] | None:
    found = (await brand.admin.ask(_BREACH))["violations"]["nodes"]
    return found[0] if found else None
