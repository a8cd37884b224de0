"""One of everything that is known and told about members and groups, at rest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chassis.testbed.waiting import until

from ...harness.brand import Brand, row

_THRESHOLDS = """query {
  indicatorPolicy { version riskMessagesPerMember riskMinimumMembers alertWindowDays thresholds { kind } }
}"""
_ALERTS = "query { alerts { nodes { id } } }"
_MEMBER = "query($of: String!) { memberByReference(externalReference: $of) { id } }"
_NODE = "query($id: ID!) { node(id: $id) { ... on %s { status } } }"


async def insights(brand: Brand, group: str, now: datetime) -> dict[str, str]:
    """Global ids by the name that inputs and arguments call them."""
    do, yesterday = brand.admin.do, now - timedelta(days=2)
    names = ("first", "second", "third")
    rows = [
        row("message", f"old-{name}", f"wm-{name}", yesterday, group="wr-secret", text="嗯") for name in names
    ]
    await brand.admin.bring(rows)
    going_on, merged, erased = [await _member(brand, f"wm-{name}") for name in names]
    tag = {"tag": {"name": "老客"}}
    segment = await do("segmentCreate", "segment { id }", name="老客", condition=tag)
    rule = await do("tagRuleCreate", "rule { id }", name="问价", when={"keywords": ["多少钱"]})
    merge = await do("membersMerge", "merge { id }", member=going_on, mergedMember=merged, reason="同一人")
    erasure = await do("memberErasureRequest", "erasure { id }", member=erased, reason="本人申请")
    days = {"fromDate": str(yesterday.date()), "toDate": str(now.date())}
    operation = await do("factsExport", "operation { id }", format="CSV", groups=[group], **days)
    ids = {
        "segment": segment["segment"]["id"], "rule": rule["rule"]["id"], "merge": merge["merge"]["id"],
        "erasure": erasure["erasure"]["id"], "operation": operation["operation"]["id"],
        "mergedMember": going_on, "alert": await _alert(brand),
    }  # fmt: skip
    await _at_rest(brand, "Segment", ids["segment"], "LIVE")
    await _at_rest(brand, "Erasure", ids["erasure"], "COMPLETED")
    await _at_rest(brand, "Operation", ids["operation"], "SUCCEEDED")
    return ids


async def _member(brand: Brand, reference: str) -> str:
    async def found() -> dict[str, Any] | None:
        answer: dict[str, Any] | None = (await brand.admin.ask(_MEMBER, of=reference))["memberByReference"]
        return answer

    member = await until(found, bool, f"the member {reference}")
    assert member
    return str(member["id"])


async def _alert(brand: Brand) -> str:
    """Of thresholds that no group reaches."""
    policy = (await brand.admin.ask(_THRESHOLDS))["indicatorPolicy"]
    version = policy.pop("version")
    for threshold in policy["thresholds"]:
        threshold |= {"healthyFrom": 1_000_000.0, "minimumSample": 1}
    await brand.admin.do(
        "indicatorPolicyUpdate", "policy { version }", policy=policy, expectedVersion=version
    )

    async def alerts() -> list[dict[str, str]]:
        found: list[dict[str, str]] = (await brand.admin.ask(_ALERTS))["alerts"]["nodes"]
        return found

    return (await until(alerts, bool, "an alert"))[0]["id"]


async def _at_rest(brand: Brand, kind: str, node_id: str, status: str) -> None:
    async def state() -> str | None:
        node: dict[str, str] | None = (await brand.admin.ask(_NODE % kind, id=node_id))["node"]
        return node["status"] if node else None

    await until(state, lambda found: found == status, f"{kind} {status}")
