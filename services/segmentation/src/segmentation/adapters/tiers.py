"""Tiers in PostgreSQL: the figures to decide by, the decisions, their history."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from chassis.database import Session
from chassis.ids import new_id
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.totals import total_of
from segmentation.domain.activity import INTERACTIONS, Recorded
from segmentation.domain.policy import Tier, TierPolicy
from segmentation.domain.rfm import RfmFigures
from segmentation.domain.tiers import MemberFigures, Payment, TierAssignment, TierDecision, TierReason

_KINDS = ", ".join(str(int(kind)) for kind in sorted(INTERACTIONS))

# An order counts as paid unless refunded in full.
PAID = "paid_at is not null and not (refunded_minor > 0 and refunded_minor >= paid_minor)"

_FIGURES = f"""
    select m.member_id, coalesce(s.joined_at, m.first_seen_at) as joined_at, s.group_ids, t.tier,
        array(select a.occurred_at from activities a
              where a.member_id = m.member_id and a.occurred_at > :interactions_since and a.kind in ({_KINDS})
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
# Interactions and moves can take no member out of VIP or Active, and due_at may be early, never late.
_OPEN = text(f"""{_FIGURES}
    where m.member_id = any(cast(:member_ids as uuid[]))
      and (t.tier is null or t.tier not in ({Tier.VIP:d}, {Tier.ACTIVE:d}) or t.due_at <= :now
           or m.member_id = any(cast(:buyer_ids as uuid[])))
""")
_DUE = text(f"{_FIGURES} where t.due_at <= :now order by t.due_at limit :limit for update of m skip locked")
_ANY_DUE = text("select exists (select from member_tiers where due_at <= :now)")
_ALL_FIRST = text(f"{_FIGURES} order by m.member_id limit :limit for update of m")
_ALL_NEXT = text(f"{_FIGURES} where m.member_id > :after order by m.member_id limit :limit for update of m")

_CHANGE = text("""
    with changes as (
        select * from unnest(cast(:member_ids as uuid[]), cast(:assignment_ids as uuid[]),
                             cast(:tiers as smallint[]), cast(:previous as smallint[]),
                             cast(:reasons as jsonb[]), cast(:due_at as timestamptz[]))
             as change (member_id, assignment_id, tier, previous_tier, reason, due_at)
    ), history as (
        insert into tier_assignments
            (tenant_id, member_id, assignment_id, tier, previous_tier, assigned_at, reason)
        select :tenant_id, member_id, assignment_id, tier, previous_tier, :now, reason from changes
    )
    insert into member_tiers (tenant_id, member_id, tier, previous_tier, assigned_at, reason, due_at)
    select :tenant_id, member_id, tier, previous_tier, :now, reason, due_at from changes
    on conflict (tenant_id, member_id) do update
    set tier = excluded.tier, previous_tier = excluded.previous_tier, assigned_at = excluded.assigned_at,
        reason = excluded.reason, due_at = excluded.due_at
""")
_CONFIRM = text("""
    update member_tiers t set due_at = confirmed.due_at
    from unnest(cast(:member_ids as uuid[]), cast(:due_at as timestamptz[])) as confirmed (member_id, due_at)
    where t.member_id = confirmed.member_id and t.due_at is distinct from confirmed.due_at
""")
_HISTORY = """
    select tier, previous_tier, assigned_at, cast(reason as text) as reason from tier_assignments
    where member_id = :member_id {after} order by assigned_at desc, tier limit :limit
"""
_HISTORY_FIRST = text(_HISTORY.format(after=""))
_HISTORY_NEXT = text(_HISTORY.format(after="and (assigned_at < :at or assigned_at = :at and tier > :tier)"))
_COUNT = text("select tier, count(*) from member_tiers group by tier")
_COUNT_PRESENT = text("""
    select tier, count(*) from member_tiers
    where member_id in (select member_id from memberships where group_id = :group_id and left_at is null)
    group by tier
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
            "now": now,
        }
        return [_figures(row) for row in await self._connection.execute(_OPEN, parameters)]

    async def due(self, policy: TierPolicy, now: datetime, limit: int) -> Sequence[MemberFigures]:
        parameters = _windows(policy, now) | {"now": now, "limit": limit}
        return [_figures(row) for row in await self._connection.execute(_DUE, parameters)]

    async def any_due(self, now: datetime) -> bool:
        return bool((await self._connection.execute(_ANY_DUE, {"now": now})).scalar_one())

    async def all(
        self, policy: TierPolicy, now: datetime, after: UUID | None, limit: int
    ) -> Sequence[MemberFigures]:
        parameters = _windows(policy, now) | {"limit": limit}
        if after is None:
            rows = await self._connection.execute(_ALL_FIRST, parameters)
        else:
            rows = await self._connection.execute(_ALL_NEXT, parameters | {"after": after})
        return [_figures(row) for row in rows]

    async def save(self, decisions: Sequence[tuple[MemberFigures, TierDecision]], now: datetime) -> None:
        changed = [it for it in decisions if it[0].tier is not it[1].tier]
        confirmed = [it for it in decisions if it[0].tier is it[1].tier]
        if changed:
            parameters = {
                "tenant_id": self._tenant_id,
                "now": now,
                "member_ids": [figures.member_id for figures, _ in changed],
                "assignment_ids": [new_id() for _ in changed],
                "tiers": [decision.tier for _, decision in changed],
                "previous": [figures.tier for figures, _ in changed],
                "reasons": [orjson.dumps(decision.reason._asdict()).decode() for _, decision in changed],
                "due_at": [decision.due_at for _, decision in changed],
            }
            await self._connection.execute(_CHANGE, parameters)
        if confirmed:
            parameters = {
                "member_ids": [figures.member_id for figures, _ in confirmed],
                "due_at": [decision.due_at for _, decision in confirmed],
            }
            await self._connection.execute(_CONFIRM, parameters)

    async def history(self, member_id: UUID, request: PageRequest) -> Page[TierAssignment]:
        parameters: dict[str, Any] = {"member_id": member_id, "limit": request.first + 1}
        if request.after:
            parameters["at"], parameters["tier"] = request.place(datetime, int)
        statement = _HISTORY_NEXT if request.after else _HISTORY_FIRST
        rows = await self._connection.execute(statement, parameters)
        matches = "tier_assignments where member_id = :member_id"
        total = await total_of(self._connection, request, matches, {"member_id": member_id})
        return page_of([assignment(row) for row in rows], request, _key, total)

    async def count(self, group_id: UUID | None) -> dict[Tier, int]:
        statement = _COUNT_PRESENT if group_id else _COUNT
        rows = await self._connection.execute(statement, {"group_id": group_id} if group_id else {})
        return {Tier(tier): members for tier, members in rows}

    async def buyers(self, policy: TierPolicy, as_of: datetime) -> Sequence[RfmFigures]:
        parameters = {"since": as_of - timedelta(days=policy.rfm_window_days), "as_of": as_of}
        rows = await self._connection.execute(_BUYERS, parameters)
        return [rfm_figures(row, as_of) for row in rows]


def _key(assigned: TierAssignment) -> tuple[datetime, int]:
    return assigned.assigned_at, int(assigned.tier)


def assignment(row: Row[Any]) -> TierAssignment:
    previous = Tier(row.previous_tier) if row.previous_tier else None
    return TierAssignment(Tier(row.tier), row.assigned_at, TierReason(**orjson.loads(row.reason)), previous)


def rfm_figures(row: Row[Any], as_of: datetime) -> RfmFigures:
    if row.last_paid_at is None:
        return RfmFigures(None, 0, 0)
    return RfmFigures((as_of - row.last_paid_at).days, row.paid_orders, int(row.net_minor))


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
