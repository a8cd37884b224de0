"""What the story of a day is about, and what it asks the graph."""

from __future__ import annotations

from typing import Any

from chassis.testbed.waiting import until

from ..harness.brand import Brand
from ..harness.partner_tool import PartnerTool
from ..harness.webhook_receiver import WebhookReceiver

Shown = list[dict[str, Any]]

GROUP = "wr-morning"
MEMBERS = ("xiaoman", "ajie", "ting", "laochen", "dalong")
ADVERT = "刷单返现，加微信 wx_88888"
STOCK = 3

TIER = """
query($reference: String!) {
  memberByReference(externalReference: $reference) {
    id tier { tier previousTier reason { rule netSpendMinor } }
  }
}"""
HISTORY = "query($id: ID!) { tierAssignments(member: $id) { nodes { tier previousTier } } }"
INDICATORS = """
query($id: ID!, $from: Date!, $to: Date!) {
  node(id: $id) { ... on Group {
    size
    indicators(fromDate: $from, toDate: $to) { indicators { kind value numerator denominator status } }
  } }
}"""
VIOLATIONS = """
query($member: ID!) {
  violations(member: $member) { nodes { id category status strike tasks { id action status } } }
}"""
BUDGET = """
query($id: ID!, $month: String!) {
  node(id: $id) { ... on Group { contactBudget(month: $month) { limit reserved sent } } }
}"""
POSTS = "query($plan: ID!) { posts(plan: $plan, first: 20) { nodes { id type dueAt status } } }"
STOCK_OF = """
query($id: ID!) {
  node(id: $id) { ... on Campaign { flashSale { total available reserved sold } } }
}"""
CLAIMS = "query($id: ID!) { claims(campaign: $id) { nodes { id status } } }"
TICKETS = "query($member: ID!) { tickets(member: $member) { nodes { id status tier handoverReason } } }"
SUBSCRIPTIONS = (
    "subscription { memberTierChanged { tier previousTier member { externalReference } } }",
    "subscription { violationOpened { category strike violation { status } } }",
    "subscription { campaignStockChanged { available } }",
    "subscription { ticketChanged { status assignee } }",
)


class Day:
    """Who and what the story is about; `shown` is what came by each of SUBSCRIPTIONS."""

    def __init__(
        self, brand: Brand, partner: PartnerTool, receiver: WebhookReceiver, group: str, shown: list[Shown]
    ) -> None:
        self.brand, self.partner, self.receiver, self.group = brand, partner, receiver, group
        self.shown = shown
        self.admin = brand.admin

    async def bring(self, *rows: dict[str, Any]) -> None:
        assert await self.admin.bring(rows) == [{"accepted": len(rows), "rejected": 0}]

    async def tier(self, member: str) -> str | None:
        found = (await self.admin.ask(TIER, reference=member))["memberByReference"]
        return found["tier"]["tier"] if found and found["tier"] else None

    async def member_id(self, member: str) -> str:
        found = await until(
            lambda: self.admin.ask(TIER, reference=member),
            lambda data: bool(data["memberByReference"]),
            member,
        )
        return str(found["memberByReference"]["id"])
