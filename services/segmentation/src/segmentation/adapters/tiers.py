"""Tiers in PostgreSQL: the figures to decide by, the decisions, their history."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from chassis.database import Session
from chassis.ids import new_id
from chassis.paging import Page, PageRequest
from segmentation.adapters.lists import of_each, pages
from segmentation.domain.activity import INTERACTIONS, Recorded
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.rfm import RfmFigures
from segmentation.domain.tiers import MemberFigures, Payment, TierAssignment, TierDecision, TierReason

KINDS = ", ".join(str(int(kind)) for kind in sorted(INTERACTIONS))

# An order counts as paid unless refunded in full.
PAID = "paid_at is not null and not (refunded_minor > 0 and refunded_minor >= paid_minor)"

_FIGURES = f"""
    select m.member_id, coalesce(s.joined_at, m.first_seen_at) as joined_at, s.group_ids, t.tier,
        array(select a.occurred_at from activities a
              where a.member_id = m.member_id and a.kind in ({KINDS})
                and a.occurred_at > :interactions_since and a.occurred_at <= m.last_seen_at
              order by a.occurred_at desc) as interactions,
        o.paid_orders, o.paid_at, o.net_minor
    from members m
    left join member_tiers t on t.member_id = m.member_id
    left join lateral (
        select max(joined_at) as joined_at,
            array_agg(distinct group_id) filter (where left_at is null) as group_ids
        from memberships where member_id = m.member_id) s on true
    left join lateral (
        select count(*) as paid_orders,
            array_agg(paid_at) filter (where paid_at > :payments_since) as paid_at,
            array_agg(paid_minor - refunded_minor) filter (where paid_at > :payments_since) as net_minor
        from orders where member_id = m.member_id and {PAID}) o on true
"""  # noqa: S608 constants only
# Nobody needs a decision whom only orders could take out of the tier; due_at may be early, never late.
_OPEN = text(f"""{_FIGURES}
    where m.member_id = any(cast(:member_ids as uuid[]))
      and (t.tier is null or t.tier <> all(cast(:settled_tiers as smallint[])) or t.due_at <= :now
           or t.joined_at <> coalesce(s.joined_at, m.first_seen_at)
           or m.member_id = any(cast(:buyer_ids as uuid[])))
""")

_CHANGE = text("""
    with changes as (
        select * from unnest(cast(:member_ids as uuid[]), cast(:assignment_ids as uuid[]),
                             cast(:tiers as smallint[]), cast(:previous as smallint[]),
                             cast(:reasons as jsonb[]), cast(:due_at as timestamptz[]),
                             cast(:joined_at as timestamptz[]), cast(:paid_orders as integer[]))
             as change (member_id, assignment_id, tier, previous_tier, reason, due_at, joined_at, paid_orders)
    ), history as (
        insert into tier_assignments
            (tenant_id, member_id, assignment_id, tier, previous_tier, assigned_at, reason)
        select :tenant_id, member_id, assignment_id, tier, previous_tier, :now, reason from changes
    )
    insert into member_tiers
        (tenant_id, member_id, tier, previous_tier, assigned_at, reason, due_at, joined_at, paid_orders)
    select :tenant_id, member_id, tier, previous_tier, :now, reason, due_at, joined_at, paid_orders
    from changes
    on conflict (tenant_id, member_id) do update
    set tier = excluded.tier, previous_tier = excluded.previous_tier, assigned_at = excluded.assigned_at,
        reason = excluded.reason, due_at = excluded.due_at,
        joined_at = excluded.joined_at, paid_orders = excluded.paid_orders
""")
_CONFIRM = text("""
    update member_tiers t
    set due_at = confirmed.due_at, joined_at = confirmed.joined_at, paid_orders = confirmed.paid_orders
    from unnest(cast(:member_ids as uuid[]), cast(:due_at as timestamptz[]),
                cast(:joined_at as timestamptz[]), cast(:paid_orders as integer[]))
         as confirmed (member_id, due_at, joined_at, paid_orders)
    where t.member_id = confirmed.member_id
      and (t.due_at, t.joined_at, t.paid_orders)
          is distinct from (confirmed.due_at, confirmed.joined_at, confirmed.paid_orders)
""")
_ASSIGNMENTS = "tier_assignments where member_id = asked.id"
_HISTORIES = {
    after: of_each(
        f"""
        select tier, previous_tier, assigned_at, cast(reason as text) as reason from {_ASSIGNMENTS} {place}
        """,  # noqa: S608 constants only
        order="assigned_at desc, tier",
    )
    for after, place in ((False, ""), (True, "and (assigned_at < :at or assigned_at = :at and tier > :tier)"))
}
_COUNT = text("select tier, count(*) from member_tiers group by tier")
_COUNT_PRESENT = text("""
    select group_id, tier, count(*) as members from memberships join member_tiers using (member_id)
    where group_id = any(cast(:group_ids as uuid[])) and left_at is null group by group_id, tier
""")
_BUYERS = text(f"""
    select max(paid_at) as last_paid_at, count(*) as paid_orders,
        sum(paid_minor - refunded_minor) as net_minor
    from orders where {PAID} and paid_at > :since and paid_at <= :as_of group by member_id
""")  # noqa: S608 constants only


class SqlTiers:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def open_after(
        self, recorded: Recorded, policy: TierPolicy, now: datetime
    ) -> Sequence[MemberFigures]:
        parameters = _windows(policy, now) | {
            "member_ids": recorded.member_ids,
            "buyer_ids": list(recorded.buyer_ids),
            "settled_tiers": list(policy.settled_tiers),
            "now": now,
        }
        return [_figures(row) for row in await self._connection.execute(_OPEN, parameters)]

    async def save(self, decisions: Sequence[tuple[MemberFigures, TierDecision]], now: datetime) -> None:
        changed = [it for it in decisions if it[0].tier is not it[1].tier]
        confirmed = [it for it in decisions if it[0].tier is it[1].tier]
        if changed:
            parameters = _known(changed) | {
                "tenant_id": self._tenant_id,
                "now": now,
                "assignment_ids": [new_id() for _ in changed],
                "tiers": [decision.tier for _, decision in changed],
                "previous": [figures.tier for figures, _ in changed],
                "reasons": [orjson.dumps(decision.reason._asdict()).decode() for _, decision in changed],
            }
            await self._connection.execute(_CHANGE, parameters)
        if confirmed:
            await self._connection.execute(_CONFIRM, _known(confirmed))

    async def histories(
        self, member_ids: Sequence[UUID], request: PageRequest
    ) -> Mapping[UUID, Page[TierAssignment]]:
        place: dict[str, Any] = {}
        if request.after:
            place["at"], place["tier"] = request.place(datetime, int)
        statement = _HISTORIES[bool(request.after)]
        return await pages(
            self._connection, member_ids, request, statement, place, assignment, _key, _ASSIGNMENTS
        )

    async def count(self) -> Mapping[Tier, int]:
        return {Tier(tier): members for tier, members in await self._connection.execute(_COUNT)}

    async def count_in(self, group_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[Tier, int]]:
        counts: dict[UUID, dict[Tier, int]] = {group_id: {} for group_id in group_ids}
        for row in await self._connection.execute(_COUNT_PRESENT, {"group_ids": list(group_ids)}):
            counts[row.group_id][Tier(row.tier)] = row.members
        return counts

    async def buyers(self, policy: TierPolicy, as_of: datetime) -> Sequence[RfmFigures]:
        parameters = {"since": as_of - timedelta(days=policy.rfm_window_days), "as_of": as_of}
        rows = await self._connection.execute(_BUYERS, parameters)
        return [rfm_figures(row.last_paid_at, row.paid_orders, row.net_minor, as_of) for row in rows]


def _key(assigned: TierAssignment) -> tuple[datetime, int]:
    return assigned.assigned_at, int(assigned.tier)


def assignment(row: Row[Any]) -> TierAssignment:
    previous = Tier(row.previous_tier) if row.previous_tier else None
    return TierAssignment(Tier(row.tier), row.assigned_at, TierReason(**orjson.loads(row.reason)), previous)


def rfm_figures(
    last_paid_at: datetime | None, paid_orders: int, net_minor: Decimal | None, as_of: datetime
) -> RfmFigures:
    if last_paid_at is None:
        return RfmFigures(None, 0, 0)
    return RfmFigures((as_of - last_paid_at).days, paid_orders, int(net_minor or 0))


def _known(decisions: Sequence[tuple[MemberFigures, TierDecision]]) -> dict[str, Any]:
    return {
        "member_ids": [figures.member_id for figures, _ in decisions],
        "due_at": [decision.due_at for _, decision in decisions],
        "joined_at": [figures.joined_at for figures, _ in decisions],
        "paid_orders": [figures.paid_orders for figures, _ in decisions],
    }


def _windows(policy: TierPolicy, now: datetime) -> dict[str, Any]:
    return {
        "interactions_since": now - timedelta(days=policy.dormant_after_days),
        "payments_since": now - timedelta(days=policy.vip_window_days),
    }


def _figures(row: Row[Any]) -> MemberFigures:
    return MemberFigures(
        member_id=row.member_id,
        joined_at=row.joined_at,
        interactions=row.interactions,
        payments=[Payment(*it) for it in zip(row.paid_at or (), row.net_minor or (), strict=True)],
        paid_orders=row.paid_orders,
        tier=Tier(row.tier) if row.tier else None,
        group_ids=row.group_ids or (),
    )
