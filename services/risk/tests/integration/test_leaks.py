"""Personal data of every kind goes through the process, and its digits are nowhere afterwards."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from nats.js import JetStreamContext
from sqlalchemy import select

from chassis.database import Database
from chassis.ids import new_id
from chassis.testbed.tenants import register
from chassis.testbed.waiting import eventually, until
from quanzi.risk.v1 import audits_pb2, cases_pb2, fraud_pb2, violations_pb2
from risk.adapters.tables import metadata

from ..samples import ADVERT, NORMALISER
from .door import FIRST, Door, activity, as_caller

# Each as a member may write it, and what must not be found of it, separators aside.
SECRETS = {
    "打 13912345678 找我": "13912345678",
    "电话 139-8765-4321": "13987654321",
    "座机不留，打一三七六六六六五五五五": "13766665555",
    "打１３６１１１１２２２２": "13611112222",
    "我是 1·3·5·0·0·0·0·9·9·9·9": "13500009999",
    "身份证 11010519491231002X 帮我实名": "11010519491231002x",
    "身份证110105 19900307 2311": "110105199003072311",
    "卡号 6222 0212 3456 7890 128": "6222021234567890128",
    "卡 4111111111111111": "4111111111111111",
    "加qq 2096209202": "2096209202",
    "q q：12345": "12345",
    "加微信 wx_qz88888": "wxqz88888",
    "微信号：abc-13579x": "abc13579x",
}
HIDDEN = [secret for secret in SECRETS.values() if len(secret) > 5]


@pytest.mark.usefixtures("_said")
async def test_nothing_of_it_is_stored(database: Database, tenant_id: UUID) -> None:
    texts = [it async for it in _stored(database, tenant_id)]
    assert sum("*" in it for _, it in texts) > 2 * len(SECRETS), "masked texts are what is kept"
    assert _found(texts) == []


@pytest.mark.usefixtures("_said")
async def test_nothing_of_it_is_published(jetstream: JetStreamContext, tenant_id: UUID) -> None:
    published = [it async for it in _published(jetstream, tenant_id)]
    assert len(published) > len(SECRETS)
    assert _found(published) == []


@pytest.fixture
async def _said(door: Door, database: Database, tenant_id: UUID) -> None:
    """In messages, names, appeals, notes and reasons; screened, decided, audited."""
    await register(database, tenant_id)
    said = [activity(text, member_display_name=text[:100]) for text in SECRETS]
    said += [activity(f"{ADVERT} {text}") for text in SECRETS]
    said += [activity(f"私下转账给我，{text}") for text in SECRETS]
    with as_caller(tenant_id, "admin"):
        for number, text in enumerate(SECRETS):
            member = fraud_pb2.PutStaffMemberRequest(
                userid=f"staff-{number}", names=[f"李{text[:2]}明"], role=fraud_pb2.STAFF_ROLE_MODERATOR
            )
            await door.fraud.PutStaffMember(member)
        await door.send(tenant_id, said)

        async def violations() -> int:
            return len(await door.opened())

        await until(violations, lambda count: count >= len(SECRETS), "a violation for each")
        for violation, text in zip(await door.opened(), SECRETS, strict=False):
            await door.violations.AppealViolation(
                violations_pb2.AppealViolationRequest(
                    idempotency_key=str(new_id()), violation_id=violation.id, reason=f"不是我，{text}"
                )
            )
            await door.fraud.BlockMember(
                fraud_pb2.BlockMemberRequest(member_id=violation.member_id, reason=text)
            )
        cases = (await door.cases.ListCases(cases_pb2.ListCasesRequest(page=FIRST))).cases
        for case, text in zip(cases, SECRETS, strict=False):
            key = str(new_id())
            await door.cases.AddCaseNote(
                cases_pb2.AddCaseNoteRequest(idempotency_key=key, case_id=case.id, text=text)
            )
            decision = cases_pb2.CaseDecision(
                case_id=case.id, outcome=cases_pb2.CASE_OUTCOME_FALSE_POSITIVE, note=text
            )
            await door.cases.DecideCases(
                cases_pb2.DecideCasesRequest(idempotency_key=key, decisions=[decision])
            )
            await door.cases.ReopenCase(
                cases_pb2.ReopenCaseRequest(idempotency_key=key, case_id=case.id, reason=text)
            )
        audit = (await door.audits.RunAudit(audits_pb2.RunAuditRequest(idempotency_key="audit"))).audit
        assert audit.findings[2].severity == audits_pb2.AUDIT_SEVERITY_PASSED
        for text in list(SECRETS)[:1]:
            await door.audits.AcknowledgeAudit(
                audits_pb2.AcknowledgeAuditRequest(audit_id=audit.id, note=text)
            )

    async def waiting() -> int:
        async with database.session(tenant_id) as session:
            outbox = metadata.tables["outbox"]
            return len((await session.connection.execute(select(outbox))).all())

    await eventually(waiting, 0)


async def _stored(database: Database, tenant_id: UUID) -> AsyncIterator[tuple[str, str]]:
    """Every value of every table, as text."""
    async with database.session(tenant_id) as session:
        for name, table in metadata.tables.items():
            for row in await session.connection.execute(select(table)):
                for value in row:
                    yield name, _as_text(value)


async def _published(jetstream: JetStreamContext, tenant_id: UUID) -> AsyncIterator[tuple[str, str]]:
    for stream, subject in (
        ("EVENTS", f"quanzi.{tenant_id}.risk.>"),
        ("DEADLETTERS", f"quanzi.{tenant_id}.deadletter.>"),
    ):
        info = await jetstream.stream_info(stream, subjects_filter=subject)
        left = sum((info.state.subjects or {}).values())
        subscription = await jetstream.subscribe(subject, stream=stream, ordered_consumer=True)
        while left:
            message = await subscription.next_msg(timeout=60)
            yield message.subject, _as_text(message.data) + str(message.headers)
            left -= 1
        await subscription.unsubscribe()


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _found(texts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Where a secret can be read, however it is written."""
    return [
        (where, text) for where, text in texts if any(secret in NORMALISER.compact(text) for secret in HIDDEN)
    ]
