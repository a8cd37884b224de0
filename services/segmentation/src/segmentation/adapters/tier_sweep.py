"""Decisions about many members at once: one statement decides, stores and tells."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from chassis.database import Session
from chassis.ids import id_prefix
from chassis.timestamps import timestamp
from quanzi.segmentation.v1.events_pb2 import MemberTierChanged
from segmentation.adapters import tier_sweep_sql as sql
from segmentation.adapters.work_mem import WORK_MEM
from segmentation.application.tier_ports import Swept
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.tiers import rule_of

_HOLD_DUE = text("""
    select member_id
    from (select member_id from member_tiers where due_at <= :now order by due_at limit :limit) as first
    join members m using (member_id) for update of m skip locked
""")
_NEXT_DUE = text("select min(due_at) from member_tiers")


class SqlTierSweep:
    def __init__(self, session: Session) -> None:
        self._session, self._connection = session, session.connection

    async def all(self, policy: TierPolicy, before: TierPolicy, now: datetime) -> Swept:
        return await self._store(sql.ALL, policy, now, lasting=list(policy.lasting_since(before)))

    async def anew(self, policy: TierPolicy, now: datetime) -> Swept:
        return await self._store(sql.ANEW, policy, now)

    async def due(self, policy: TierPolicy, now: datetime, limit: int) -> Swept:
        """Held first, decided by another statement: it sees what was done to them until they were held."""
        held = await self._connection.execute(_HOLD_DUE, {"now": now, "limit": limit})
        member_ids = list(held.scalars())
        return (
            await self._store(sql.DUE, policy, now, member_ids=member_ids)
            if member_ids
            else Swept(0, 0, None)
        )

    async def next_due(self) -> datetime | None:
        moment: datetime | None = (await self._connection.execute(_NEXT_DUE)).scalar_one()
        return moment

    async def preview(self, policy: TierPolicy, now: datetime) -> Mapping[tuple[Tier | None, Tier], int]:
        await self._connection.execute(WORK_MEM)
        rows = await self._connection.execute(sql.preview(policy.precedence), _figures(policy, now))
        return {(Tier(row.tier) if row.tier else None, Tier(row.decided)): row.members for row in rows}

    async def _store(self, members: sql.Members, policy: TierPolicy, now: datetime, **more: Any) -> Swept:
        parameters = {
            **_figures(policy, now),
            **_rules(policy),
            **self._session.outbox.row_parameters(MemberTierChanged.DESCRIPTOR, now),
            "tenant_id": self._session.tenant_id,
            "id_prefix": id_prefix(),
            "assigned_at": timestamp(now).ToJsonString(),
            "tier_names": [tier.name for tier in Tier],
            "policy_version": policy.version,
        }
        await self._connection.execute(WORK_MEM)
        row = (await self._connection.execute(sql.store(members, policy.precedence), parameters | more)).one()
        return Swept(row.members, row.changed, row.soonest, row.marked)


def _figures(policy: TierPolicy, now: datetime) -> dict[str, Any]:
    windows = {
        "vip_window": timedelta(days=policy.vip_window_days),
        "active_window": timedelta(days=policy.active_window_days),
        "dormant_after": timedelta(days=policy.dormant_after_days),
    }
    return {
        **windows,
        "now": now,
        "payments_since": now - windows["vip_window"],
        "active_since": now - windows["active_window"],
        "interactions_since": now - windows["dormant_after"],
        "vip_net_spend": policy.vip_net_spend_minor,
        "active_interactions": policy.active_interactions,
    }


def _rules(policy: TierPolicy) -> dict[str, str]:
    rules = {f"{tier.name.lower()}_rule": rule_of(tier, policy) for tier in Tier}
    return rules | {"newcomer_rule": rule_of(Tier.PROSPECT, policy, newcomer=True)}
