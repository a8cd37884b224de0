"""Fraud and audits through the graph: every field, what is refused, what is heard."""

from __future__ import annotations

import grpc
import pytest

from gateway.risk.audits import AuditPolicy, AuditQueries
from gateway.risk.audits_mutations import AuditMutations, AuditPolicyUpdateInput
from gateway.risk.fraud import FraudPolicy
from gateway.risk.fraud_mutations import FraudMutations, FraudPolicyUpdateInput
from gateway.risk.fraud_queries import FraudQueries
from quanzi.risk.v1 import audits_pb2, fraud_pb2

from ..conftest import Door, Keys
from ..fakes import FakeServices, Refuse
from ..segmentation.documents import document
from ..test_members import NOW, uuid
from .test_cases import SCHEMA, fields

QUERIES = fields(SCHEMA.query_type, FraudQueries) | fields(SCHEMA.query_type, AuditQueries)
MUTATIONS = fields(SCHEMA.mutation_type, FraudMutations) | fields(SCHEMA.mutation_type, AuditMutations)
MEMBER = f"gid://quanzi/Member/{uuid('m', 1)}"
BLOCK = "mutation ($input: MemberBlockInput!) { memberBlock(input: $input) { userErrors { field code } } }"


@pytest.mark.usefixtures("everything_is_answered")
@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_answers_with_every_field(door: Door, name: str) -> None:
    text, variables = document("query", name, QUERIES[name])
    answer = await door.ask(text, **variables)
    assert "errors" not in answer
    assert answer["data"][name]


@pytest.mark.usefixtures("everything_is_answered")
@pytest.mark.parametrize("name", [name for name in MUTATIONS if name != "memberBlock"])
async def test_a_mutation_answers_with_every_field(door: Door, name: str) -> None:
    text, variables = document("mutation", name, MUTATIONS[name])
    answer = await door.ask(text, **variables)
    assert "errors" not in answer
    payload = answer["data"][name]
    assert payload.pop("userErrors") == []
    assert all(value is not None for value in payload.values())


def test_every_field_of_the_policies_can_be_read_and_written() -> None:
    for message, policy, given in (
        (fraud_pb2.FraudPolicy, FraudPolicy, FraudPolicyUpdateInput),
        (audits_pb2.AuditPolicy, AuditPolicy, AuditPolicyUpdateInput),
    ):
        named = {field.name for field in message.DESCRIPTOR.fields}
        assert set(policy.__annotations__) == named
        assert set(given.__annotations__) == named - {"version"} | {"expected_version"}


async def test_a_block_names_a_member_or_an_external_id(door: Door, services: FakeServices) -> None:
    asked: list[fraud_pb2.BlockMemberRequest] = []

    def block(request: fraud_pb2.BlockMemberRequest) -> fraud_pb2.BlockMemberResponse:
        asked.append(request)
        return fraud_pb2.BlockMemberResponse(
            member=fraud_pb2.BlockedMember(member_id=uuid("m", 1), blocked_at=NOW)
        )

    services.answers["BlockMember"] = block
    for whom in ({"member": MEMBER, "until": "2030-01-01T00:00:00Z"}, {"externalId": "wm-1"}):
        answer = await door.ask(BLOCK, input={"reason": "骗子", **whom})
        assert answer["data"]["memberBlock"]["userErrors"] == []
    assert [(it.member_id, it.external_id, it.HasField("until")) for it in asked] == [
        (uuid("m", 1), "", True),
        ("", "wm-1", False),
    ]
    for neither in ({}, {"member": MEMBER, "externalId": "wm-1"}):
        answer = await door.ask(BLOCK, input={"reason": "骗子", **neither})
        assert answer["data"]["memberBlock"]["userErrors"] == [{"field": "member", "code": "INVALID"}]


async def test_a_refusal_names_the_field_of_the_input(door: Door, services: FakeServices) -> None:
    def refuse(_: object) -> None:
        raise Refuse(grpc.StatusCode.FAILED_PRECONDITION, "OWN_IDENTITY", "somebody else must", "staff_id")

    services.answers["MoveIdentityCheck"] = refuse
    staff = f"gid://quanzi/StaffMember/{uuid('s', 1)}"
    answer = await door.ask(f"""
        mutation {{
          identityCheckMove(input: {{idempotencyKey: "k", staffMember: "{staff}", move: VERIFY}}) {{
            userErrors {{ field code }}
          }}
        }}
    """)
    assert answer["data"]["identityCheckMove"]["userErrors"] == [
        {"field": "staffMember", "code": "OWN_IDENTITY"}
    ]


@pytest.mark.parametrize("name", ["imitationSuspected { likeness }", "auditCompleted { severity }"])
async def test_a_partner_hears_of_reminders_alone(door: Door, keys: Keys, name: str) -> None:
    answer = await door.ask(f"subscription {{ {name} }}", token=keys.token("partner"))
    assert answer["errors"]
