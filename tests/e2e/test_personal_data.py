"""What is kept of a member in all services is handed out in one file, and erased with receipts of all.

A customer with a name, words and an order leaves traces in segmentation, risk, support and campaigns. Then no
column of any schema says who it was, and what comes in again of old does not bring her back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from chassis.provision import SCHEMAS
from chassis.testbed.waiting import clear_of_midnight, eventually, until

from ..harness.brand import Brand, midday_zone, registered_brand, row
from ..harness.front_end import FrontEnd
from ..harness.whole_platform import Platform

pytestmark = pytest.mark.e2e

GROUP, REFERENCE, NAME = "wr-privacy", "wm-lileilei", "李蕾蕾"
ADVERT, COMPLAINT = "刷单返现，加微信 wx_77777", "用了过敏，我要投诉蕾蕾事件"
FORM = "蕾蕾签名.pdf"
TRACES = (REFERENCE, NAME, "刷单", "蕾蕾事件", "为蕾蕾处理", FORM)
RECEIPTS = "status completedAt waitingFor receipts { service tables { table rows } }"
SERVICES = ["campaigns", "content", "risk", "segmentation", "support"]

TABLES = """
    select table_schema, table_name from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where column_name = 'tenant_id' and table_schema = any(%s) and table_type = 'BASE TABLE'
"""


@pytest.fixture
async def brand(platform: Platform) -> AsyncIterator[Brand]:
    await clear_of_midnight()
    async with registered_brand(platform, "privacy", midday_zone()) as brand:
        yield brand


def _story(now: datetime) -> list[dict[str, Any]]:
    order = {"reference": "o-77", "amount_minor": 9_900, "currency": "CNY"}
    hers = {"group": GROUP, "display_name": NAME}
    return [
        row("joined", "p-1", REFERENCE, now - timedelta(days=9), **hers),
        row("message", "p-2", REFERENCE, now - timedelta(hours=3), text=ADVERT, **hers),
        row("order_paid", "p-3", REFERENCE, now - timedelta(hours=2), order=order),
        row(
            "message", "p-4", REFERENCE, now - timedelta(minutes=1),
            text=COMPLAINT, addressed_to_brand=True, **hers,
        ),
        row("joined", "p-5", "wm-other", now - timedelta(days=8), group=GROUP, invited_by=REFERENCE),
        row("message", "p-6", "wm-other", now - timedelta(days=1), group=GROUP, text="早"),
    ]  # fmt: skip


async def _member(brand: Brand, reference: str) -> str:
    query = "query($reference: String!) { memberByReference(externalReference: $reference) { id } }"
    found = await until(
        lambda: brand.admin.ask(query, reference=reference),
        lambda it: bool(it["memberByReference"]),
        reference,
    )
    return str(found["memberByReference"]["id"])


async def _traces(brand: Brand, *words: str) -> dict[str, set[str]]:
    """By word: tables of all schemas in which it stands in any column of the tenant's rows."""
    found: dict[str, set[str]] = {word: set() for word in words}
    async with await psycopg.AsyncConnection.connect(brand.platform.admin_url) as connection:
        tables = await (await connection.execute(TABLES, [list(SCHEMAS)])).fetchall()
        for schema, table in tables:
            query = SQL("select cast(to_jsonb(it) as text) from {}.{} it where tenant_id = %s").format(
                Identifier(schema), Identifier(table)
            )
            for (stored,) in await (await connection.execute(query, [brand.tenant_id])).fetchall():
                for word in words:
                    if word in stored or word.encode().hex() in stored:
                        found[word].add(f"{schema}.{table}")
    return found


async def _lives(brand: Brand, member: str, group: str) -> None:
    """She agrees to marketing, buys in a flash sale, an agent answers her, and her words have been judged."""
    now = datetime.now(UTC)
    consent = {
        "source": "crm", "sourceId": FORM, "member": REFERENCE, "purpose": "marketing", "state": "GIVEN",
        "channel": FORM, "noticeVersion": "2026-01", "evidence": FORM, "occurredAt": now.isoformat(),
    }  # fmt: skip
    recorded = await brand.admin.do("consentsRecord", "accepted", consents=[consent])
    assert recorded["accepted"] == 1
    sale = await brand.admin.do(
        "flashSaleSchedule", "campaign { id }", name="秒杀", groups=[group], itemName="面膜", stock=3,
        startsAt=now.isoformat(), endsAt=(now + timedelta(hours=1)).isoformat(), perMemberLimit=1,
        priceMinor=9_900, paymentDeadlineSeconds=600,
    )  # fmt: skip
    await brand.admin.do("claimReserve", "claim { id }", campaign=sale["campaign"]["id"], member=member)
    tickets = "query($member: ID!) { tickets(member: $member) { nodes { id } } }"
    await until(
        lambda: brand.admin.ask(tickets, member=member), lambda it: bool(it["tickets"]["nodes"]), "the ticket"
    )
    agent = await brand.colleague("agent")
    ticket = (await agent.do("ticketAssign", "ticket { id }"))["ticket"]
    await agent.do("ticketReply", "reply { author }", ticket=ticket["id"], text="马上为蕾蕾处理")
    violations = "query($member: ID!) { violations(member: $member) { nodes { id } } }"
    await until(
        lambda: brand.admin.ask(violations, member=member),
        lambda it: bool(it["violations"]["nodes"]),
        "the violation",
    )


async def _file(reader: FrontEnd, started: Mapping[str, Any]) -> bytes:
    """The content of the file, once it is there."""
    query = """query($id: ID!) { node(id: $id) { ... on Operation { status sha256 resultUrl fileName } } }"""
    done = await until(
        lambda: reader.ask(query, id=started["operation"]["id"]),
        lambda it: it["node"]["status"] == "SUCCEEDED",
        "the file",
    )
    response = await reader.http.get(done["node"]["resultUrl"])
    assert response.status_code == 200
    assert hashlib.sha256(response.content).hexdigest() == done["node"]["sha256"]
    assert done["node"]["fileName"] in response.headers["content-disposition"]
    return response.content


async def _erased(brand: Brand, erasure: Mapping[str, Any]) -> dict[str, Any]:
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on Erasure {{ {RECEIPTS} }} }} }}"
    done = await until(
        lambda: brand.admin.ask(query, id=erasure["id"]),
        lambda it: it["node"]["status"] == "COMPLETED",
        "all receipts",
    )
    node: dict[str, Any] = done["node"]
    return node


async def test_handed_out_and_erased_everywhere(platform: Platform, brand: Brand) -> None:
    group = await brand.group(GROUP)
    rows = _story(datetime.now(UTC))
    await brand.admin.bring(rows)
    member = await _member(brand, REFERENCE)
    await _lives(brand, member, group)
    await _is_handed_out(brand, member)

    plain_id = member.rpartition("/")[2]
    before = await _traces(brand, *TRACES, plain_id)
    assert all(before.values()), "every trace is somewhere before"

    platform.processes["support"].kill()
    asked = {"member": member, "reason": "本人申请"}
    erasure = (await brand.admin.do("memberErasureRequest", "erasure { id }", **asked))["erasure"]
    assert (await brand.admin.do("memberErasureRequest", "erasure { id }", **asked))["erasure"] == erasure
    await platform.kill_and_run("risk")
    await platform.run("support")
    proof = await _erased(brand, erasure)
    await _receipts_tell(proof)
    await _nothing_is_left(brand, plain_id)

    await brand.admin.bring(
        [*rows, row("message", "p-0", REFERENCE, datetime.now(UTC) - timedelta(days=5), group=GROUP)]
    )
    await brand.admin.bring([row("joined", "p-7", "wm-later", datetime.now(UTC), group=GROUP)])
    await _member(brand, "wm-later")
    await _nothing_is_left(brand, plain_id)


async def _is_handed_out(brand: Brand, member: str) -> None:
    started = await brand.admin.do("memberExport", "operation { id }", member=member)
    lines = [json.loads(line) for line in (await _file(brand.admin, started)).splitlines()]
    tables = {(line["service"], line["table"]) for line in lines}
    assert {
        ("segmentation", "members"),
        ("segmentation", "orders"),
        ("segmentation", "consents"),
        ("risk", "violations"),
        ("support", "tickets"),
        ("support", "ticket_replies"),
        ("campaigns", "claims"),
    } <= tables
    texts = json.dumps([line["row"] for line in lines], ensure_ascii=False)
    assert NAME in texts
    assert "蕾蕾事件" in texts
    operator = await brand.colleague("operator")
    path = f"/v1/operations/{started['operation']['id'].rpartition('/')[2]}/result"
    assert (await operator.http.get(path)).status_code == 403
    async with registered_brand(brand.platform, "stranger") as other:
        assert (await other.admin.http.get(path)).status_code == 404


async def _receipts_tell(proof: Mapping[str, Any]) -> None:
    assert [receipt["service"] for receipt in proof["receipts"]] == SERVICES
    tables = {
        receipt["service"]: {table["table"]: int(table["rows"]) for table in receipt["tables"]}
        for receipt in proof["receipts"]
    }
    assert tables["content"] == {}
    assert tables["campaigns"] == {"claims": 1, "member_holdings": 1}
    assert tables["risk"]["violations"] == 1
    assert tables["support"]["tickets"] == 1
    assert (tables["segmentation"]["members"], tables["segmentation"]["consents"]) == (1, 1)


async def _nothing_is_left(brand: Brand, plain_id: str) -> None:
    """Events on their way out are waited for; the id alone stays, to keep her out and prove her consent."""

    async def traces() -> dict[str, set[str]]:
        return await _traces(brand, *TRACES, plain_id)

    expected = {word: set[str]() for word in TRACES}
    expected[plain_id] = {
        "segmentation.erasures",
        "segmentation.erased_subjects",
        "segmentation.consents",
        "risk.erased_subjects",
        "support.erased_subjects",
        "campaigns.erased_subjects",
    }
    await eventually(traces, expected)


async def test_facts_are_exported_for_those_who_may(brand: Brand) -> None:
    group = await brand.group(GROUP)
    await brand.admin.bring(_story(datetime.now(UTC)))
    await _member(brand, "wm-other")
    operator = await brand.colleague("operator")
    today = datetime.now(UTC).date()
    dates = {"fromDate": str(today - timedelta(days=10)), "toDate": str(today)}
    started = await operator.do("factsExport", "operation { id }", groups=[group], format="CSV", **dates)
    header, *lines = (await _file(operator, started)).decode("utf-8-sig").splitlines()
    assert header.startswith("date,group_id,group_name,members_present,")
    assert lines
    partner = await brand.colleague("agent")
    path = f"/v1/operations/{started['operation']['id'].rpartition('/')[2]}/result"
    assert (await partner.http.get(path)).status_code == 403
