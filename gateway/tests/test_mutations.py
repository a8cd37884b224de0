"""Refusals become user errors; surprises are masked and logged once."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from quanzi.campaigns.v1 import claims_pb2
from quanzi.segmentation.v1 import groups_pb2, members_pb2, profiles_pb2

from .conftest import Door
from .fakes import FakeServices, Refuse
from .test_members import NOW, uuid

RESERVE = """
mutation ($input: ClaimReserveInput!) {
  claimReserve(input: $input) {
    claim { id status amount { amountMinor currency amount } payUntil paymentReference }
    userErrors { field message code }
  }
}
"""
INPUT = {
    "idempotencyKey": "k1",
    "campaign": f"gid://quanzi/Campaign/{uuid('c', 1)}",
    "member": f"gid://quanzi/Member/{uuid('m', 1)}",
    "quantity": 2,
}


@pytest.fixture(autouse=True)
def _every_member_is_known(services: FakeServices) -> None:
    def members(request: members_pb2.BatchGetMembersRequest) -> members_pb2.BatchGetMembersResponse:
        return members_pb2.BatchGetMembersResponse(
            members=[members_pb2.Member(id=one) for one in request.ids]
        )

    services.answers["BatchGetMembers"] = members


def refusing(code: grpc.StatusCode, reason: str, field: str | None = None) -> object:
    def answer(_request: object) -> None:
        raise Refuse(code, reason, f"because {reason}", field)

    return answer


async def test_what_was_done_is_answered(door: Door, services: FakeServices) -> None:
    asked = []

    def claim(request: claims_pb2.ClaimItemRequest) -> claims_pb2.ClaimItemResponse:
        asked.append(request)
        return claims_pb2.ClaimItemResponse(
            claim=claims_pb2.Claim(
                id=uuid("x", 1),
                quantity=2,
                amount_minor=1990,
                currency="CNY",
                status=claims_pb2.CLAIM_STATUS_RESERVED,
                reserved_at=NOW,
                pay_until=Timestamp(seconds=NOW.seconds + 900),
            )
        )

    services.answers["ClaimItem"] = claim
    answer = await door.ask(RESERVE, input=INPUT)
    assert answer["data"]["claimReserve"] == {
        "claim": {
            "id": f"gid://quanzi/Claim/{uuid('x', 1)}",
            "status": "RESERVED",
            "amount": {"amountMinor": 1990, "currency": "CNY", "amount": "19.90"},
            "payUntil": "2027-01-15T08:15:00Z",
            "paymentReference": None,
        },
        "userErrors": [],
    }
    (request,) = asked
    assert (request.idempotency_key, request.campaign_id, request.quantity) == ("k1", uuid("c", 1), 2)


@pytest.mark.parametrize(
    ("status", "reason", "field", "code", "input_field"),
    [
        (grpc.StatusCode.FAILED_PRECONDITION, "SOLD_OUT", "quantity", "SOLD_OUT", "quantity"),
        (grpc.StatusCode.FAILED_PRECONDITION, "NEWER_RULE", None, "REFUSED", None),
        (grpc.StatusCode.NOT_FOUND, "CAMPAIGN_NOT_FOUND", "campaign_id", "NOT_FOUND", "campaign"),
        (grpc.StatusCode.INVALID_ARGUMENT, "INVALID", "idempotency_key", "INVALID", "idempotencyKey"),
        (grpc.StatusCode.ABORTED, "CONCURRENT_CHANGE", None, "CONFLICT", None),
        (
            grpc.StatusCode.ALREADY_EXISTS,
            "IDEMPOTENCY_KEY_REUSED",
            "idempotency_key",
            "IDEMPOTENCY_KEY_REUSED",
            "idempotencyKey",
        ),
    ],
)
async def test_refusals_become_user_errors(
    door: Door,
    services: FakeServices,
    status: grpc.StatusCode,
    reason: str,
    field: str | None,
    code: str,
    input_field: str | None,
) -> None:
    services.answers["ClaimItem"] = refusing(status, reason, field)  # type: ignore[assignment]
    answer = await door.ask(RESERVE, input=INPUT)
    assert "errors" not in answer
    assert answer["data"]["claimReserve"] == {
        "claim": None,
        "userErrors": [{"field": input_field, "message": f"because {reason}", "code": code}],
    }


async def test_a_foreign_id_in_the_input_is_a_user_error(door: Door, services: FakeServices) -> None:
    answer = await door.ask(RESERVE, input=INPUT | {"member": INPUT["campaign"]})
    (error,) = answer["data"]["claimReserve"]["userErrors"]
    assert (error["field"], error["code"]) == ("member", "INVALID")
    assert services.calls.total() == 0


async def test_a_member_of_nobody_claims_nothing(door: Door, services: FakeServices) -> None:
    services.answers["BatchGetMembers"] = lambda _: members_pb2.BatchGetMembersResponse()
    services.answers["BatchResolveMembers"] = lambda _: profiles_pb2.BatchResolveMembersResponse()
    answer = await door.ask(RESERVE, input=INPUT)
    (error,) = answer["data"]["claimReserve"]["userErrors"]
    assert (error["field"], error["code"]) == ("member", "NOT_FOUND")
    assert services.calls["ClaimItem"] == 0


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "SERVICE_UNAVAILABLE"),
        (grpc.StatusCode.PERMISSION_DENIED, "FORBIDDEN"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED"),
        (grpc.StatusCode.INTERNAL, "INTERNAL"),
    ],
)
async def test_everything_else_is_a_top_level_error(
    door: Door, services: FakeServices, status: grpc.StatusCode, code: str
) -> None:
    services.answers["ClaimItem"] = refusing(status, "SECRET")  # type: ignore[assignment]
    answer = await door.ask(RESERVE, input=INPUT)
    assert answer["data"] == {"claimReserve": None}
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == code
    assert "traceId" in error["extensions"]


async def test_surprises_are_masked_and_logged_once(
    door: Door, services: FakeServices, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_request: object) -> groups_pb2.LookupGroupsResponse:
        raise ZeroDivisionError("password is hunter2")

    services.answers["LookupGroups"] = broken
    answer = await door.ask('{ groupByReference(externalReference: "g") { id } }')
    (error,) = answer["errors"]
    assert error["message"] == "internal error"
    assert error["extensions"]["code"] == "INTERNAL"
    assert "hunter2" not in str(answer)
    out = capsys.readouterr().out + caplog.text
    assert out.count("unexpected error") == 1
