"""Fraud at a brand: a staff member, somebody with that name who speaks of money, and an audit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chassis.testbed.waiting import until

from ...harness.brand import Brand, row

_SUSPECTS = "query { found: cases(kind: FRAUD_SUSPICION) { nodes { member { id } } } }"
_REMINDERS = "query { found: paymentReminders { nodes { id } } }"


async def impersonated(brand: Brand, group: str, member: str) -> dict[str, str]:
    """Global ids by the name that inputs and arguments call them; `group` and `member` are references."""
    liming = {"userid": "liming", "names": ["李明"], "role": "MODERATOR"}
    staff = await brand.admin.do("staffMemberPut", "staffMember { id }", **liming)
    now = datetime.now(UTC)
    offer = row("message", "offer", member, now, group=group, text="私下转账给我更便宜")
    await brand.admin.bring([offer | {"display_name": "官方客服李明"}])

    async def found(query: str) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = (await brand.admin.ask(query))["found"]["nodes"]
        return nodes

    [suspect] = await until(
        lambda: found(_SUSPECTS), lambda cases: bool(cases and cases[0]["member"]), "a suspect"
    )
    [reminder] = await until(lambda: found(_REMINDERS), bool, "a reminder")
    audit = await brand.admin.do("auditRun", "audit { id }")
    return {
        "staffMember": staff["staffMember"]["id"],
        "imposter": suspect["member"]["id"],
        "paymentReminder": reminder["id"],
        "audit": audit["audit"]["id"],
    }
