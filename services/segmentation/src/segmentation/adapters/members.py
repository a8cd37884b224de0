"""Members in PostgreSQL; a list of them, with tier, RFM and tags, is one statement."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, TextClause, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, page_of
from segmentation.adapters.policies import read_tier_policy, write_tier_policy
from segmentation.adapters.tiers import PAID, assignment, rfm_figures
from segmentation.adapters.totals import total_of
from segmentation.application.ports import MemberFilter
from segmentation.domain.activity import ActivityColumns
from segmentation.domain.member import Member, Tag, TagSource
from segmentation.domain.policy import RfmCuts, TierPolicy
from segmentation.domain.rfm import score
from segmentation.domain.tags import TagJudgement

# Rows are locked even where nothing changes; in order of id, so that two transactions cannot deadlock.
_SEE = text("""
    insert into members
        (tenant_id, member_id, external_reference, display_name, named_at, first_seen_at, last_seen_at)
    select :tenant_id, member_id, min(reference),
        coalesce((array_agg(name order by occurred_at desc, name desc) filter (where name <> ''))[1], ''),
        max(occurred_at) filter (where name <> ''), min(occurred_at), max(occurred_at)
    from unnest(cast(:member_ids as uuid[]), cast(:references as text[]), cast(:names as text[]),
                cast(:occurred_at as timestamptz[])) as seen (member_id, reference, name, occurred_at)
    group by member_id order by member_id
    on conflict (tenant_id, member_id) do update set
        display_name = case when (excluded.named_at, excluded.display_name)
                                 > (coalesce(members.named_at, '-infinity'), members.display_name)
                            then excluded.display_name else members.display_name end,
        named_at = greatest(members.named_at, excluded.named_at),
        first_seen_at = least(members.first_seen_at, excluded.first_seen_at),
        last_seen_at = greatest(members.last_seen_at, excluded.last_seen_at)
    where excluded.first_seen_at < members.first_seen_at or excluded.last_seen_at > members.last_seen_at
       or (excluded.named_at, excluded.display_name)
          > (coalesce(members.named_at, '-infinity'), members.display_name)
""")


def _since(window: str) -> str:
    return (
        f"cast(:now as timestamptz) - make_interval(days => cast(policy.document ->> '{window}' as integer))"
    )


# The policy travels with the first row, so that scores and figures belong to one moment.
_PROFILES = f"""
    with policy as (
        select coalesce((select document from tier_policies order by version desc limit 1),
                        cast(:default_policy as jsonb)) as document
    ), chosen as (
        select m.*, row_number() over (order by m.last_seen_at desc, m.member_id) as position
        from members m {{where}}
        order by m.last_seen_at desc, m.member_id limit :limit
    )
    select c.*, t.tier, t.previous_tier, t.assigned_at, cast(t.reason as text) as reason,
        o.last_paid_at, o.paid_orders, o.net_minor,
        o.month_last_paid_at, o.month_paid_orders, o.month_net_minor,
        cast(g.tags as text) as tags,
        case when c.position = 1 then cast(policy.document as text) end as policy
    from chosen c cross join policy
    left join lateral (
        select tier, previous_tier, assigned_at, reason from member_tiers
        where member_id = c.member_id limit 1  -- keeps the planner on the index, page by page
    ) t on true
    left join lateral (
        select max(paid_at) filter (where long) as last_paid_at, count(*) filter (where long) as paid_orders,
            sum(paid_minor - refunded_minor) filter (where long) as net_minor,
            max(paid_at) filter (where month) as month_last_paid_at,
            count(*) filter (where month) as month_paid_orders,
            sum(paid_minor - refunded_minor) filter (where month) as month_net_minor
        from (
            select paid_at, paid_minor, refunded_minor, paid_at > {_since("rfm_window_days")} as long,
                paid_at > {_since("monthly_rfm_window_days")} as month
            from orders where member_id = c.member_id and {PAID} and paid_at <= :now
                and paid_at > least({_since("rfm_window_days")}, {_since("monthly_rfm_window_days")})
        ) as paid
    ) o on true
    left join lateral (
        select json_agg(json_build_array(name, source, extract(epoch from tagged_at), rule_id, judgement)
                        order by name) as tags
        from (select distinct on (name) * from member_tags where member_id = c.member_id
              -- its own first, then what a merge brought
              order by name, origin_id <> member_id, tagged_at) as tag
    ) g on true
    order by c.position
"""  # noqa: S608 constants only
_CONDITIONS = {
    "group_id": """exists (select from memberships s where s.member_id = m.member_id
                           and s.group_id = :group_id and s.left_at is null)""",
    "tier": "exists (select from member_tiers t where t.member_id = m.member_id and t.tier = :tier)",
    "tag": "exists (select from member_tags g where g.member_id = m.member_id and g.name = :tag)",
}
_AFTER = "(m.last_seen_at < :at or m.last_seen_at = :at and m.member_id > :id)"
_BY_IDS = text(_PROFILES.format(where="where m.member_id = any(cast(:ids as uuid[]))"))
_BY_REFERENCES = text(_PROFILES.format(where="where m.external_reference = any(cast(:references as text[]))"))


class SqlMembers:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def see(self, activities: ActivityColumns) -> None:
        parameters = {
            "tenant_id": self._tenant_id,
            "member_ids": activities.member_ids,
            "references": activities.member_references,
            "names": activities.display_names,
            "occurred_at": activities.occurred_at,
        }
        await self._connection.execute(_SEE, parameters)

    async def by_ids(self, ids: Sequence[UUID], now: datetime) -> Sequence[Member]:
        return await self._profiles(_BY_IDS, {"ids": list(ids), "limit": len(ids)}, now)

    async def by_references(self, references: Sequence[str], now: datetime) -> Sequence[Member]:
        parameters = {"references": list(references), "limit": len(references)}
        return await self._profiles(_BY_REFERENCES, parameters, now)

    async def page(self, request: PageRequest, wanted: MemberFilter, now: datetime) -> Page[Member]:
        filters = {"group_id": wanted.group_id, "tier": wanted.tier, "tag": wanted.tag}
        parameters: dict[str, Any] = {name: value for name, value in filters.items() if value}
        conditions = [_CONDITIONS[name] for name in parameters]
        matches = f"members m {_where(conditions)}"
        total = await total_of(self._connection, request, matches, parameters)
        if request.after:
            parameters["at"], parameters["id"] = request.place(datetime, UUID)
            conditions.append(_AFTER)
        statement = _listing(tuple(conditions))
        members = await self._profiles(statement, parameters | {"limit": request.first + 1}, now)
        return page_of(members, request, _key, total)

    async def _profiles(self, statement: Any, parameters: dict[str, Any], now: datetime) -> list[Member]:
        parameters |= {"now": now, "default_policy": _DEFAULT_POLICY}
        rows = (await self._connection.execute(statement, parameters)).all()
        if not rows:
            return []
        cuts = read_tier_policy(rows[0].policy).cuts
        return [_member(row, cuts, now) for row in rows]


_DEFAULT_POLICY = write_tier_policy(TierPolicy())


def _key(member: Member) -> tuple[datetime, UUID]:
    return member.last_seen_at, member.id


@cache
def _listing(conditions: tuple[str, ...]) -> TextClause:
    """There are few combinations, so each statement is made once."""
    return text(_PROFILES.format(where=_where(conditions)))


def _where(conditions: Sequence[str]) -> str:
    return f"where {' and '.join(conditions)}" if conditions else ""


def _member(row: Row[Any], cuts: RfmCuts, now: datetime) -> Member:
    return Member(
        id=row.member_id,
        external_reference=row.external_reference,
        display_name=row.display_name,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        tier=assignment(row) if row.tier else None,
        rfm=score(rfm_figures(row.last_paid_at, row.paid_orders, row.net_minor, now), cuts, now),
        monthly_rfm=score(
            rfm_figures(row.month_last_paid_at, row.month_paid_orders, row.month_net_minor, now), cuts, now
        ),
        tags=tuple(_tag(*values) for values in orjson.loads(row.tags)) if row.tags else (),
    )


def _tag(name: str, source: int, tagged_at: float, rule_id: str | None, judgement: int | None) -> Tag:
    return Tag(
        name,
        TagSource(source),
        datetime.fromtimestamp(tagged_at, UTC),
        UUID(rule_id) if rule_id else None,
        TagJudgement(judgement) if judgement else None,
    )
