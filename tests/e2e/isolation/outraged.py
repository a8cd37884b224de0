"""A group of a brand in an uproar, and the incident that was opened for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.testbed.waiting import until

from ...harness.brand import Brand, row

_POLICY = """
    query { opinionPolicy {
      negativeFromPercent shortWindowMinutes longWindowMinutes minimumMessages minimumComplaints
      minimumLiftPercent moderateSurprise seriousSurprise criticalSurprise seriousMessages
      criticalMessages acknowledgeMinutes calmMinutes keepCountsDays
    } }
"""
_OPEN = "query { opinionIncidents(statuses: [OPEN]) { nodes { id group { id } samples { maskedText } } } }"
_ALL_OPEN = "query { opinionIncidents(statuses: [OPEN]) { nodes { id } } }"
_COMPLAINTS = ("质量太差了，用了一次就坏了", "客服态度恶劣，没人理", "假货，我要投诉", "一直不发货，要求退款")


async def outraged(brand: Brand, group: str) -> dict[str, str]:
    """Global ids by the name that inputs call them; `group` is a reference.

    The brand judges from the start, and what was said ten minutes ago at once.
    """
    policy = (await brand.admin.ask(_POLICY))["opinionPolicy"]
    await brand.admin.do(
        "opinionPolicyUpdate", "policy { version }", **policy, learningHours=0, plan=[], expectedVersion=0
    )
    before = datetime.now(UTC) - timedelta(minutes=10)
    await brand.admin.bring(
        [
            row(
                "message",
                f"opinion-{number}",
                f"wm-{number}",
                before,
                group=group,
                text=f"{_COMPLAINTS[number % len(_COMPLAINTS)]}，第{number}次说了",
            )
            for number in range(40)
        ]
    )

    async def opened() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await brand.admin.ask(_OPEN))["opinionIncidents"]["nodes"]
        return [incident for incident in found if incident["group"]]

    [incident] = await until(opened, bool, "an incident of the group")
    assert incident["samples"]
    return {"opinionIncident": incident["id"]}


async def settled(brand: Brand) -> None:
    """All incidents are closed: nothing more happens by itself."""
    for incident in (await brand.admin.ask(_ALL_OPEN))["opinionIncidents"]["nodes"]:
        review = {"cause": "批次问题", "measures": "补发"}
        await brand.admin.do(
            "opinionIncidentClose", "incident { id }", opinionIncident=incident["id"], **review
        )
