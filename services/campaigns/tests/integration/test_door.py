"""The service as its callers see it: a real process, real gRPC."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from chassis.testbed.waiting import eventually
from chassis.timestamps import timestamp
from quanzi.campaigns.v1 import campaigns_pb2 as campaigns
from quanzi.campaigns.v1 import claims_pb2 as claims
from quanzi.paging.v1.paging_pb2 import PageRequest

from .door import Door, as_caller, refusal, schedule_request


@pytest.fixture
def _admin(tenant_id: UUID) -> Iterator[None]:
    with as_caller(tenant_id):
        yield


async def status(door: Door, claim: claims.Claim) -> str:
    found = (await door.claims.BatchGetClaims(claims.BatchGetClaimsRequest(ids=[claim.id]))).claims
    return claims.ClaimStatus.Name(found[0].status).removeprefix("CLAIM_STATUS_")


async def test_from_schedule_to_refund(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        sale = await door.schedule(external_reference="S-1")
        assert sale.status == campaigns.CAMPAIGN_STATUS_OPEN
        assert (sale.flash_sale.available, sale.flash_sale.currency) == (100, "CNY")
        assert await refusal(door.schedule(external_reference="S-1")) == (
            "EXTERNAL_REFERENCE_TAKEN",
            "external_reference",
        )
        assert await refusal(door.schedule(group_ids=list(sale.group_ids))) == (
            "CAMPAIGN_TOO_CLOSE",
            "group_ids",
        )
        again = await door.schedule(group_ids=list(sale.group_ids), interval_override_reason="周年庆")
        assert again.interval_override_reason == "周年庆"

        first, second = await door.claim(sale.id, 2), await door.claim(sale.id)
        assert await refusal(door.claim(sale.id, 3)) == ("LIMIT_REACHED", "quantity")
        assert await refusal(door.claim(str(new_id()))) == ("CAMPAIGN_NOT_FOUND", "campaign_id")
        assert (await door.pay(first, "order-1")).payment_reference == "order-1"
        assert (await door.pay(first, "order-1")).status == claims.CLAIM_STATUS_PAID
        for _ in range(2):
            assert await refusal(door.pay(second, "order-2", amount=1)) == (
                "PAYMENT_MISMATCH",
                "amount_minor",
            )
        assert await status(door, second) == "RESERVED"
        fulfil = claims.FulfilClaimRequest(idempotency_key="f", claim_id=second.id)
        assert await refusal(door.claims.FulfilClaim(fulfil)) == ("CLAIM_STEP_REFUSED", "claim_id")
        assert await door.stock(sale.id) == (97, 1, 2)

        cancel = campaigns.CancelCampaignRequest(idempotency_key="c", campaign_id=sale.id)
        cancelled = (await door.campaigns.CancelCampaign(cancel)).campaign
        assert cancelled.status == campaigns.CAMPAIGN_STATUS_CANCELLED
        assert await refusal(door.claim(sale.id)) == ("SALE_NOT_OPEN", "campaign_id")
        await eventually(lambda: door.stock(sale.id), (100, 0, 0))
        assert await status(door, first) == "REFUND_REQUESTED"
        assert await status(door, second) == "RELEASED"
        refund = claims.ConfirmRefundRequest(
            idempotency_key="r", claim_id=first.id, refund_reference="refund-1"
        )
        assert (await door.claims.ConfirmRefund(refund)).claim.status == claims.CLAIM_STATUS_REFUNDED


@pytest.mark.usefixtures("_admin")
async def test_lists(door: Door) -> None:
    sales = [await door.schedule(), await door.schedule()]
    page = PageRequest(first=1, count_total=True)
    first = await door.campaigns.ListCampaigns(campaigns.ListCampaignsRequest(page=page))
    assert [campaign.id for campaign in first.campaigns] == [sales[1].id]
    assert (first.page_info.has_next_page, first.page_info.total_count) == (True, 2)
    page = PageRequest(first=1, after=first.page_info.cursors[0])
    second = await door.campaigns.ListCampaigns(campaigns.ListCampaignsRequest(page=page))
    assert [campaign.id for campaign in second.campaigns] == [sales[0].id]

    claim = await door.claim(sales[0].id)
    request = claims.ListClaimsRequest(
        page=PageRequest(first=9), campaign_id=sales[0].id, status=claims.CLAIM_STATUS_RESERVED
    )
    assert list((await door.claims.ListClaims(request)).claims) == [claim]
    bad = claims.ListClaimsRequest(page=PageRequest(first=9), member_id="nobody")
    assert await refusal(door.claims.ListClaims(bad)) == ("INVALID_FIELD", "member_id")
    request.page.after = first.page_info.cursors[0]
    assert (await refusal(door.claims.ListClaims(request)))[0] == "INVALID_CURSOR"


@pytest.mark.usefixtures("_admin")
async def test_the_policy(door: Door) -> None:
    policy = campaigns.CampaignPolicy(interval_days=1, max_payment_deadline_seconds=60)
    update = campaigns.UpdateCampaignPolicyRequest(policy=policy)
    assert (await door.campaigns.UpdateCampaignPolicy(update)).policy.version == 1
    assert (await refusal(door.campaigns.UpdateCampaignPolicy(update)))[0] == "STALE_VERSION"
    current = await door.campaigns.GetCampaignPolicy(campaigns.GetCampaignPolicyRequest())
    assert (current.policy.version, current.policy.interval_days) == (1, 1)
    assert await refusal(door.schedule()) == ("PAYMENT_DEADLINE_TOO_LONG", "payment_deadline_seconds")
    long_ago = timestamp(datetime.now(UTC) - timedelta(days=1))
    assert await refusal(door.schedule(ends_at=long_ago)) == ("WINDOW_INVALID", "ends_at")


@pytest.mark.usefixtures("_admin")
async def test_one_key_one_answer(door: Door) -> None:
    request = schedule_request()
    answers = await asyncio.gather(*(door.campaigns.ScheduleFlashSale(request) for _ in range(5)))
    sale = answers[0].campaign
    assert all(answer.campaign == sale for answer in answers)
    request.stock += 1
    conflict = "IDEMPOTENCY_KEY_REUSED", "idempotency_key"
    assert await refusal(door.campaigns.ScheduleFlashSale(request)) == conflict

    member_id, key = str(new_id()), "claim-1"
    same = await asyncio.gather(*(door.claim(sale.id, 1, key, member_id) for _ in range(20)))
    assert len({claim.id for claim in same}) == 1
    assert await refusal(door.claim(sale.id, 2, key, member_id)) == conflict
    assert await door.stock(sale.id) == (99, 1, 0)


async def test_another_tenant_finds_nothing(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id):
        sale = await door.schedule()
        claim = await door.claim(sale.id)
    with as_caller(new_id()):
        get = campaigns.BatchGetCampaignsRequest(ids=[sale.id])
        assert not (await door.campaigns.BatchGetCampaigns(get)).campaigns
        page = PageRequest(first=100)
        assert not (await door.campaigns.ListCampaigns(campaigns.ListCampaignsRequest(page=page))).campaigns
        assert not (
            await door.claims.ListClaims(claims.ListClaimsRequest(page=page, campaign_id=sale.id))
        ).claims
        assert (await refusal(door.claim(sale.id)))[0] == "CAMPAIGN_NOT_FOUND"
        assert (await refusal(door.pay(claim, "order-1")))[0] == "CLAIM_NOT_FOUND"
        cancel = campaigns.CancelCampaignRequest(idempotency_key="c", campaign_id=sale.id)
        assert (await refusal(door.campaigns.CancelCampaign(cancel)))[0] == "CAMPAIGN_NOT_FOUND"


async def test_roles(door: Door, tenant_id: UUID) -> None:
    with as_caller(tenant_id, "agent"):
        assert (await refusal(door.schedule()))[0] == "NOT_ALLOWED"
