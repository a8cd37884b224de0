"""TierService: a policy is previewed, replaced and listed; tiers and scores are counted."""

from datetime import UTC, datetime

from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.segmentation.v1.members_pb2 import BatchGetMembersRequest
from quanzi.segmentation.v1.tiers_pb2 import (
    TIER_ACTIVE,
    TIER_DORMANT,
    TIER_PROSPECT,
    TIER_REGULAR,
    TIER_VIP,
    BatchGetTierDistributionsRequest,
    GetRfmDistributionRequest,
    GetTierDistributionRequest,
    GetTierPolicyRequest,
    ListTierPoliciesRequest,
    PreviewTierPolicyRequest,
    RecomputeTiersRequest,
    UpdateTierPolicyRequest,
)
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.domain.activity import ActivityKind as Kind

from ..samples import NOW, Act, Brand, days
from .door import Door, as_caller, refusal

NEVER = "00000000-0000-0000-0000-000000000001"


async def recorded(within: Transactions, brand: Brand) -> None:
    """By the clock of the process: li is VIP and active, wang active, zhao bought long ago and is silent."""
    now = datetime.now(UTC)
    acts = [
        *(Act(Kind.MESSAGE, name, NOW - now + days(ago)) for name in ("li", "wang") for ago in (1, 2, 3)),
        Act(Kind.ORDER_PAID, "li", NOW - now + days(4), order="o-1", amount_minor=600_000),
        Act(Kind.ORDER_REFUNDED, "li", NOW - now + days(3), order="o-1", amount_minor=50_000),
        Act(Kind.ORDER_PAID, "zhao", NOW - now + days(100), group=None, order="o-2", amount_minor=20_000),
    ]
    async with within(brand.tenant_id) as uow:
        await record_activities(uow, brand.columns(*acts), now)


async def test_a_policy_is_previewed_replaced_and_listed(
    door: Door, in_transaction: Transactions, brand: Brand
) -> None:
    await recorded(in_transaction, brand)
    with as_caller(brand):
        policy = (await door.tiers.GetTierPolicy(GetTierPolicyRequest())).policy
        assert list(policy.precedence) == [TIER_VIP, TIER_ACTIVE, TIER_PROSPECT, TIER_DORMANT]
        assert policy.monthly_rfm_window_days == 30

        policy.ClearField("precedence")
        policy.precedence.extend([TIER_ACTIVE, TIER_VIP, TIER_PROSPECT, TIER_DORMANT])
        preview = await door.tiers.PreviewTierPolicy(PreviewTierPolicyRequest(policy=policy))
        moves = [(getattr(move, "from"), move.to, move.members) for move in preview.moves]
        assert (preview.changed, preview.members, moves) == (1, 3, [(TIER_VIP, TIER_ACTIVE, 1)])
        assert {it.tier: it.members for it in preview.shares if it.members} == {
            TIER_ACTIVE: 2,
            TIER_DORMANT: 1,
        }

        update = UpdateTierPolicyRequest(policy=policy, expected_version=0)
        updated = await door.tiers.UpdateTierPolicy(update)
        assert (updated.policy.version, updated.changed) == (1, 1)
        assert updated.policy.precedence == policy.precedence
        assert (await door.tiers.PreviewTierPolicy(PreviewTierPolicyRequest(policy=policy))).changed == 0
        recomputed = await door.tiers.RecomputeTiers(RecomputeTiersRequest())
        assert (recomputed.members, recomputed.changed) == (3, 0)

        policy.ClearField("precedence")
        update = UpdateTierPolicyRequest(policy=policy, expected_version=1)
        assert (await door.tiers.UpdateTierPolicy(update)).policy.precedence[0] == TIER_VIP
        newest = await door.tiers.ListTierPolicies(ListTierPoliciesRequest(page=PageRequest(first=1)))
        page = PageRequest(first=1, after=newest.page_info.cursors[-1])
        oldest = await door.tiers.ListTierPolicies(ListTierPoliciesRequest(page=page))
        assert [it.policy.version for it in (*newest.policies, *oldest.policies)] == [2, 1]
        assert not oldest.page_info.has_next_page

        policy.precedence.append(TIER_VIP)
        reason, field = await refusal(door.tiers.UpdateTierPolicy(UpdateTierPolicyRequest(policy=policy)))
        assert (reason, field) == ("INVALID_POLICY", "policy.precedence")


async def test_tiers_and_scores_are_counted(door: Door, in_transaction: Transactions, brand: Brand) -> None:
    await recorded(in_transaction, brand)
    group = str(brand.group())
    with as_caller(brand):
        whole = (await door.tiers.GetTierDistribution(GetTierDistributionRequest())).shares
        assert {it.tier: it.members for it in whole} == {
            TIER_VIP: 1,
            TIER_ACTIVE: 1,
            TIER_PROSPECT: 0,
            TIER_DORMANT: 1,
            TIER_REGULAR: 0,
        }
        assert all(it.strategy for it in whole)
        of_groups = await door.tiers.BatchGetTierDistributions(
            BatchGetTierDistributionsRequest(group_ids=[group, NEVER])
        )
        members = {it.group_id: sum(share.members for share in it.shares) for it in of_groups.groups}
        assert members == {group: 2, NEVER: 0}

        long = await door.tiers.GetRfmDistribution(GetRfmDistributionRequest())
        assert [cell_of(cell) for cell in long.cells] == [(5, 1, 5, 1, 550_000), (2, 1, 2, 1, 20_000)]
        assert long.without_orders == 1
        monthly = await door.tiers.GetRfmDistribution(GetRfmDistributionRequest(monthly=True))
        assert [cell_of(cell) for cell in monthly.cells] == [(5, 1, 5, 1, 550_000)]
        assert monthly.without_orders == 2
        in_group = await door.tiers.GetRfmDistribution(GetRfmDistributionRequest(group_id=group))
        assert ([cell_of(cell) for cell in in_group.cells], in_group.without_orders) == (
            [(5, 1, 5, 1, 550_000)],
            1,
        )

        ids = [str(brand.member("zhao"))]
        [zhao] = (await door.members.BatchGetMembers(BatchGetMembersRequest(ids=ids))).members
        assert (zhao.rfm.paid_orders, zhao.rfm.net_spend_minor, zhao.rfm.recency) == (1, 20_000, 2)
        assert (zhao.monthly_rfm.paid_orders, zhao.monthly_rfm.recency) == (0, 1)
        assert not zhao.monthly_rfm.HasField("days_since_last_order")


def cell_of(cell: object) -> tuple[int, ...]:
    fields = ("recency", "frequency", "monetary", "members", "net_spend_minor")
    return tuple(getattr(cell, name) for name in fields)
