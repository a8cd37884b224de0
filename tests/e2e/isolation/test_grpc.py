"""By gRPC, past the gateway: with a token of the other tenant, with forged ones, with none."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from chassis.identity import Caller, Signer
from chassis.rpc.client import open_channel
from chassis.rpc.errors import Refusal
from quanzi.campaigns.v1 import claims_pb2, claims_pb2_grpc
from quanzi.content.v1 import items_pb2, items_pb2_grpc
from quanzi.risk.v1 import violations_pb2, violations_pb2_grpc
from quanzi.segmentation.v1 import groups_pb2, groups_pb2_grpc
from quanzi.support.v1 import tickets_pb2, tickets_pb2_grpc

from ...harness.brand import Brand
from .two import Two

pytestmark = pytest.mark.e2e


def _as_admin_of(brand: Brand, signer: Signer) -> str:
    return signer.sign(Caller(brand.tenant_id, "intruder", frozenset({"admin"}), signer.issuer))


CALLS: dict[str, tuple[Any, str, Any, str]] = {
    "segmentation": (
        groups_pb2_grpc.GroupServiceStub, "BatchGetGroups", groups_pb2.BatchGetGroupsRequest, "group",
    ),
    "content": (items_pb2_grpc.ItemServiceStub, "BatchGetItems", items_pb2.BatchGetItemsRequest, "item"),
    "campaigns": (
        claims_pb2_grpc.ClaimServiceStub, "BatchGetClaims", claims_pb2.BatchGetClaimsRequest, "claim",
    ),
    "support": (
        tickets_pb2_grpc.TicketServiceStub, "BatchGetTickets", tickets_pb2.BatchGetTicketsRequest, "ticket",
    ),
    "risk": (
        violations_pb2_grpc.ViolationServiceStub, "BatchGetViolations",
        violations_pb2.BatchGetViolationsRequest, "violation",
    ),
}  # fmt: skip


async def _call(two: Two, service: str, token: str) -> Any:
    stub, method, request, name = CALLS[service]
    address = two.a.platform.processes[service].part.address
    async with open_channel(address, lambda: token) as channel:
        return await getattr(stub(channel), method)(request(ids=[two.uuid(name)]))


@pytest.mark.parametrize("service", CALLS)
async def test_a_token_of_a_finds_nothing_of_b(two: Two, service: str) -> None:
    gateway = two.a.platform.signer("gateway")
    mine = await _call(two, service, _as_admin_of(two.b, gateway))
    assert len(mine.ListFields()[0][1]) == 1, "B itself finds it"
    assert (await _call(two, service, _as_admin_of(two.a, gateway))).ListFields() == []


@pytest.mark.parametrize("service", CALLS)
@pytest.mark.parametrize(
    ("issuer", "key", "reason"),
    [
        ("gateway", "risk", "IDENTITY_FORGED"),  # the key of a service, as the gateway
        ("risk", "risk", "IDENTITY_FORGED"),  # a service that says it is an administrator
        ("quanzi-dev", "quanzi-dev", "IDENTITY_FORGED"),  # the token of a person, past the gateway
    ],
)
async def test_identities_cannot_be_forged(
    two: Two, service: str, issuer: str, key: str, reason: str
) -> None:
    signer = Signer.from_file(issuer, two.a.platform.credentials.key_file(key))
    await _is_refused(two, service, _as_admin_of(two.b, signer), reason)


@pytest.mark.parametrize("service", CALLS)
async def test_nobody_is_refused(two: Two, service: str) -> None:
    await _is_refused(two, service, "", "IDENTITY_INVALID")


async def _is_refused(two: Two, service: str, token: str, reason: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await _call(two, service, token)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert Refusal.of(refused.value).reason == reason
