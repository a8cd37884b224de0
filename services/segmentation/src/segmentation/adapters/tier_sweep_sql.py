"""The statements of adapters/tier_sweep.py: domain/tiers.py, read as sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import TextClause, text

from chassis.ids import IDS_IN_SQL
from chassis.outbox import APPEND_ROWS
from segmentation.adapters.segments import DROPPED
from segmentation.adapters.tiers import KINDS, PAID
from segmentation.domain.policy import Tier


@dataclass(frozen=True, slots=True)
class Members:
    """Whom to decide about: `rows` with what is known of them, `total` counts them; all of them, or some.

    `spent`: the rows have their net spend already. `early`: when VIP and Active end is not worked out, but
    when the first of what they rest on leaves its window, which is no later.
    """

    rows: str
    total: str
    some: bool = False
    spent: bool = False
    early: bool = False


_NET_SPEND = "sum(paid_minor - refunded_minor)"

ALL = Members(
    "select member_id, tier, due_at, joined_at, paid_orders, false as amiss from member_tiers",
    "select count(*) from member_tiers",
    early=True,
)
# Believes nothing but what members did; who has no tier yet gets one.
ANEW = Members(
    f"""
    select figures.*, t.tier, t.due_at,
        (t.joined_at, t.paid_orders) is distinct from (figures.joined_at, figures.paid_orders) as amiss
    from (
        select m.member_id, coalesce(s.joined_at, m.first_seen_at) as joined_at,
            cast(coalesce(o.paid_orders, 0) as integer) as paid_orders, o.net_spend
        from members m
        left join (select member_id, max(joined_at) as joined_at from memberships group by member_id) s
            using (member_id)
        left join (
            select member_id, count(*) as paid_orders, {_NET_SPEND} filter (where paid_at > :payments_since)
                as net_spend
            from orders where {PAID} group by member_id) o using (member_id)
    ) as figures left join member_tiers t using (member_id)
    """,  # noqa: S608 constants only
    "select count(*) from members",
    spent=True,
)
# Of those held, who is due still.
DUE = Members(
    """
    select member_id, tier, due_at, joined_at, paid_orders, false as amiss from member_tiers
    where member_id = any(cast(:member_ids as uuid[])) and due_at <= :now
    """,
    "select count(*) from decided",
    some=True,
)

# Joins are full ones, and a `case`, into which the planner does not look, says what they leave out: so none
# becomes a nested loop, however few rows are expected where statistics are missing.
_INTERACTIONS = f"activities where occurred_at > :interactions_since and kind in ({KINDS})"
_INTERACTED = """
    count(*) as recent, max(occurred_at) as last_at,
    count(*) filter (where occurred_at > :active_since) as weekly,
    {times}(occurred_at) filter (where occurred_at > :active_since) as weekly_at
"""
_PAYMENTS = f"orders where paid_at > :payments_since and {PAID}"
_PAID = f"{_NET_SPEND} as net_spend, min(paid_at) as first_paid_at"

_MATCHES = {
    Tier.VIP: "net_spend >= :vip_net_spend",
    Tier.ACTIVE: "weekly >= :active_interactions",
    Tier.PROSPECT: "paid_orders = 0 and (joined_at > :interactions_since or recent > 0)",
    Tier.DORMANT: "coalesce(recent, 0) = 0",
}
# When the rule that matches ends; that of Dormant, and of who is left, does not by itself. The offset has a
# VIP's orders read by member, not by time, whatever is expected of either.
_END = f"""
    case decided
    when {Tier.VIP:d} then :vip_window + (
        select min(paid_at) from (
            select paid_at, sum(net) over (
                order by paid_at desc groups between unbounded preceding and 1 preceding) as rest
            from (select paid_at, paid_minor - refunded_minor as net from orders
                  where member_id = matched.member_id and {PAID} offset 0) as paid
            where paid_at > :payments_since) as payments
        where coalesce(rest, 0) < :vip_net_spend)
    when {Tier.ACTIVE:d} then :active_window + (
        select at from unnest(weekly_at) as at order by at desc offset :active_interactions - 1 limit 1)
    when {Tier.PROSPECT:d} then :dormant_after + greatest(joined_at, last_at)
    end
"""  # noqa: S608 constants only
_EARLY_END = f"""
    case decided
    when {Tier.VIP:d} then :vip_window + first_paid_at
    when {Tier.ACTIVE:d} then :active_window + weekly_at
    when {Tier.PROSPECT:d} then :dormant_after + greatest(joined_at, last_at)
    end
"""
_LASTS = "decided = tier and decided = any(cast(:lasting as smallint[])) and due_at > :now"
# Members may be looked at too early, never too late.
_IN_TIME = """
    coalesce(due_at, 'infinity') > :now and coalesce(due_at, 'infinity') <= coalesce(next_due, 'infinity')
"""
_RULE = f"""
    case decided
    when {Tier.VIP:d} then :vip_rule when {Tier.ACTIVE:d} then :active_rule
    when {Tier.PROSPECT:d} then
        case when joined_at > :interactions_since then :newcomer_rule else :prospect_rule end
    when {Tier.DORMANT:d} then :dormant_rule else :regular_rule
    end
"""

# Written as text: with JSON built value by value, deciding 100,000 members takes a fifth longer.
_REASON = """
    format('{"rule":%s,"net_spend_minor":%s,"interactions_7d":%s,"interactions_30d":%s,"paid_orders":%s,'
           '"days_since_joined":%s,"policy_version":%s}', to_json(rule), net_spend_minor, interactions_7d,
           interactions_30d, paid_orders, days_since_joined, cast(:policy_version as integer))
"""
_EVENT = """
    select member_id as partition_key,
        format('{"memberId":"%s",%s"tier":"TIER_%s","assignedAt":"%s","reason":{"rule":%s,"netSpendMinor":"%s",'
               '"interactions7d":%s,"interactions30d":%s,"paidOrders":%s,"daysSinceJoined":%s,'
               '"policyVersion":%s}%s}',
            member_id, '"previousTier":"TIER_' || (cast(:tier_names as text[]))[tier] || '",',
            (cast(:tier_names as text[]))[decided], cast(:assigned_at as text), to_json(rule),
            net_spend_minor, interactions_7d, interactions_30d, paid_orders, days_since_joined,
            cast(:policy_version as integer), ',"groupIds":["' || group_ids || '"]') as body
    from decided full join (
        select member_id as present_id,
            string_agg(cast(group_id as text), '","' order by group_id) as group_ids
        from memberships
        where left_at is null and member_id in (select member_id from decided where changed)
        group by member_id
    ) as present on present_id = member_id where case when changed then true end
"""

# Whose tier changed may enter and leave segments. A new policy works out anew those that depend on it.
_LOOK_AGAIN = f"""
    insert into segment_due (tenant_id, member_id, due_at)
    select :tenant_id, member_id, :now from decided
    where changed and exists (select from segment_generations where state <> {DROPPED})
    order by member_id
    on conflict (tenant_id, member_id) do update set due_at = least(segment_due.due_at, excluded.due_at)
    returning 1
"""  # noqa: S608 constants only
_NOBODY = "select 1 where false"


@cache
def preview(precedence: tuple[Tier, ...]) -> TextClause:
    """How many members go from which tier to which."""
    return text(f"""
        {_matched(ALL, precedence)}
        select tier, decided, count(*) as members from matched group by tier, decided
    """)  # noqa: S608 constants only


@cache
def store(members: Members, precedence: tuple[Tier, ...]) -> TextClause:
    """Decides, stores what is new, keeps the history and tells of the changes; returns what came of it."""
    below_dormant = [*precedence[precedence.index(Tier.DORMANT) + 1 :], Tier.REGULAR]
    end, lasts = (_EARLY_END, _LASTS) if members.early else (_END, "false")
    return text(f"""
        {_matched(members, precedence)}, timed as (
            select *, case when {lasts} then due_at else
                least({end}, case when decided in ({_numbers(below_dormant)})
                                  then last_at + :dormant_after end) end as next_due
            from matched
        ), explained as (
            select member_id, tier, decided, next_due, joined_at, paid_orders,
                decided is distinct from tier as changed, {_RULE} as rule,
                coalesce(net_spend, 0) as net_spend_minor, coalesce(weekly, 0) as interactions_7d,
                coalesce(recent, 0) as interactions_30d,
                cast(greatest(extract(day from :now - joined_at), 0) as integer) as days_since_joined
            from timed where decided is distinct from tier or amiss or not ({_IN_TIME})
        ), decided as materialized (
            select *, case when changed then cast({_REASON} as jsonb) end as reason from explained
        ), moved as (
            update member_tiers as held set
                tier = decided, previous_tier = decided.tier, assigned_at = :now, reason = decided.reason,
                due_at = next_due, joined_at = decided.joined_at, paid_orders = decided.paid_orders
            from decided where held.member_id = decided.member_id and changed
        ), stayed as (
            update member_tiers as held set
                due_at = next_due, joined_at = decided.joined_at, paid_orders = decided.paid_orders
            from decided where held.member_id = decided.member_id and not changed
        ), placed as (
            insert into member_tiers
                (tenant_id, member_id, tier, assigned_at, reason, due_at, joined_at, paid_orders)
            select :tenant_id, member_id, decided, :now, reason, next_due, joined_at, paid_orders
            from decided where tier is null
        ), history as (
            insert into tier_assignments
                (tenant_id, member_id, assignment_id, tier, previous_tier, assigned_at, reason)
            select :tenant_id, member_id, {IDS_IN_SQL.format(prefix="id_prefix")}, decided, tier, :now, reason
            from decided where changed
        ), told as ({APPEND_ROWS.format(rows=_EVENT)}
        ), marked as ({_NOBODY if members is ALL else _LOOK_AGAIN})
        select ({members.total}) as members, count(*) filter (where changed) as changed,
            min(next_due) as soonest, exists (select from marked) as marked
        from decided
    """)  # noqa: S608 constants only


def _matched(members: Members, precedence: tuple[Tier, ...]) -> str:
    cases = " ".join(f"when {_MATCHES[tier]} then {tier:d}" for tier in precedence)
    interacted = _INTERACTED.format(times="min" if members.early else "array_agg")
    interactions = _joined(interacted, _INTERACTIONS, members)
    payments = "" if members.spent else _joined(_PAID, _PAYMENTS, members)
    return f"""
        with chosen as (select true as wanted, it.* from ({members.rows}) as it), matched as (
            select *, case {cases} else {Tier.REGULAR:d} end as decided
            from chosen {interactions} {payments}
            where case when wanted then true end
        )
    """  # noqa: S608 constants only


def _joined(figures: str, rows: str, members: Members) -> str:
    """Of some members only what they did is read.

    Joined by `on`: row-level security keeps what `using` makes of two columns from looking into an index.
    """
    table = rows.split()[0]
    only = "and member_id in (select member_id from chosen)" if members.some else ""
    return f"""
        full join (
            select member_id as {table}_of, {figures} from {rows} {only} group by member_id
        ) as of_{table} on {table}_of = member_id
    """  # noqa: S608 constants only


def _numbers(tiers: Sequence[Tier]) -> str:
    return ", ".join(str(int(tier)) for tier in tiers)
