"""Tags of members and what staff says of them, in PostgreSQL.

A tag stands once per identity it came from (see adapters/merges.py), so a member may have it several times
over: it is set with the first of them.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.database import Session
from segmentation.domain.activity import ActivityColumns
from segmentation.domain.member import TagSource
from segmentation.domain.segments import GenerationState
from segmentation.domain.tags import TagAccuracy, TagChange, TagCount, TagJudgement
from segmentation.domain.windows import Window

# The member is held, so that no merge takes it away meanwhile.
_SET_MANUALLY = text(f"""
    with member as (
        select member_id from members where member_id = :member_id for share
    ), removed as (
        delete from member_tags
        where member_id = :member_id and source = {TagSource.MANUAL:d} and name = any(cast(:remove as text[]))
        returning name
    ), added as (
        insert into member_tags (tenant_id, origin_id, member_id, name, source, tagged_at)
        select :tenant_id, member_id, member_id, name, {TagSource.MANUAL:d}, :now
        from member, (select distinct unnest(cast(:add as text[])) as name) as wanted
        where not exists (
            select from member_tags g where g.member_id = member.member_id and g.name = wanted.name)
        on conflict do nothing
        returning name
    )
    select array(select name from added order by name) as added,
        array(select distinct name from removed order by name) as removed
    from member
""")  # noqa: S608 constants only
# The rules are held, so that none is deleted between the match and the tag.
_SET_BY_KEYWORDS = text(f"""
    with rules as materialized (
        select rule_id, name from tag_rules
        where rule_id = any(cast(:rule_ids as uuid[])) and enabled and keywords is not null
        order by rule_id for share
    ), hits as (
        select distinct on (coalesce(origin_id, member_id), name)
            coalesce(origin_id, member_id) as origin_id, member_id, name, rule_id
        from unnest(cast(:member_ids as uuid[]), cast(:origin_ids as uuid[]), cast(:rule_ids as uuid[]))
            as hit (member_id, origin_id, rule_id)
        join rules using (rule_id)
        where not exists (
            select from tag_judgements j
            where j.member_id = hit.member_id and j.name = rules.name
              and j.judgement = {TagJudgement.REJECTED:d})
        order by 1, name, rule_id
    ), tagged as (
        insert into member_tags (tenant_id, origin_id, member_id, name, source, tagged_at, rule_id, judgement)
        select :tenant_id, h.origin_id, h.member_id, h.name, {TagSource.RULE:d}, :now, h.rule_id, j.judgement
        from hits h left join tag_judgements j using (origin_id, name, rule_id)
        order by h.origin_id, h.name
        on conflict do nothing
        returning member_id, name, rule_id
    )
    select distinct on (member_id, name) member_id, name, rule_id from tagged
    where not exists (select from member_tags g where g.member_id = tagged.member_id and g.name = tagged.name)
    order by member_id, name
""")  # noqa: S608 constants only
_JUDGE = text(f"""
    with judged as (
        select origin_id, rule_id from member_tags
        where member_id = :member_id and name = :name and source = {TagSource.RULE:d}
        order by origin_id for update
    ), confirmed as (
        update member_tags set judgement = :judgement
        where :judgement = {TagJudgement.CONFIRMED:d} and name = :name
          and origin_id in (select origin_id from judged)
    ), rejected as (
        delete from member_tags
        where :judgement = {TagJudgement.REJECTED:d} and name = :name
          and origin_id in (select origin_id from judged)
    ), kept as (
        insert into tag_judgements
            (tenant_id, origin_id, member_id, name, rule_id, judgement, judged_at, judged_by)
        select :tenant_id, origin_id, :member_id, :name, rule_id, :judgement, :now, :judged_by from judged
        on conflict (tenant_id, origin_id, name, rule_id) do update
        set judgement = excluded.judgement, judged_at = excluded.judged_at, judged_by = excluded.judged_by
        where tag_judgements.judgement <> excluded.judgement
        returning 1
    )
    select case
        when exists (select from kept) then true
        when exists (select from judged)
          or exists (select from tag_judgements
                     where member_id = :member_id and name = :name and judgement = :judgement) then false
        end
""")  # noqa: S608 constants only
_FOLLOW = text(f"""
    with rules as materialized (
        select rule_id, name from tag_rules
        where rule_id = :rule_id and enabled and condition is not null for share
    ), tagged as (
        insert into member_tags (tenant_id, origin_id, member_id, name, source, tagged_at, rule_id, judgement)
        select :tenant_id, met.member_id, met.member_id, r.name, {TagSource.RULE:d}, :now, r.rule_id,
            j.judgement
        from rules r cross join unnest(cast(:met as uuid[])) as met (member_id)
        left join tag_judgements j
            on j.origin_id = met.member_id and j.name = r.name and j.rule_id = r.rule_id
        where not exists (
            select from tag_judgements no
            where no.member_id = met.member_id and no.name = r.name
              and no.judgement = {TagJudgement.REJECTED:d})
        order by met.member_id
        on conflict do nothing
        returning member_id, name
    ), gone as (
        delete from member_tags where rule_id = :rule_id and member_id = any(cast(:unmet as uuid[]))
        returning member_id, name
    )
    select member_id, name, true as added from tagged
    where not exists (select from member_tags g where g.member_id = tagged.member_id and g.name = tagged.name)
    union all
    select distinct member_id, name, false from gone
    where not exists (select from member_tags g where g.member_id = gone.member_id and g.name = gone.name
                      and g.rule_id is distinct from :rule_id)
""")  # noqa: S608 constants only
_SWEEP = text(f"""
    with gone as (
        delete from member_tags where (origin_id, name) in (
            select g.origin_id, g.name from member_tags g left join tag_rules r using (rule_id)
            where g.rule_id = :rule_id and g.judgement is distinct from {TagJudgement.CONFIRMED:d}
              and (g.name is distinct from r.name or exists (
                select from segment_generations live
                where live.segment_id = :rule_id and live.state = {GenerationState.LIVE:d} and not exists (
                    select from segment_members c
                    where c.segment_id = :rule_id and c.generation = live.number
                      and c.member_id = g.member_id)))
            order by g.origin_id, g.name limit :limit for update of g)
        returning member_id, name
    )
    select distinct member_id, name from gone
""")  # noqa: S608 constants only
_COUNTS = text("""
    select name, count(distinct member_id) as members from member_tags
    group by name order by members desc, name limit :limit
""")
_ACCURACIES = text(f"""
    with judged as (
        select rule_id, name,
            count(distinct member_id) filter (where judgement = {TagJudgement.CONFIRMED:d}) as confirmed,
            count(distinct member_id) filter (where judgement = {TagJudgement.REJECTED:d}) as rejected
        from tag_judgements where judged_at >= :starts_at and judged_at < :ends_at group by rule_id, name
    ), open as (
        select rule_id, name, count(distinct member_id) as unjudged from member_tags
        where rule_id is not null and judgement is null and tagged_at >= :starts_at and tagged_at < :ends_at
        group by rule_id, name
    )
    select rule_id, name, coalesce(confirmed, 0) as confirmed, coalesce(rejected, 0) as rejected,
        coalesce(unjudged, 0) as unjudged
    from judged full join open using (rule_id, name) order by name, rule_id
""")  # noqa: S608 constants only


class SqlTags:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def set_manually(
        self, member_id: UUID, add: Sequence[str], remove: Sequence[str], now: datetime
    ) -> TagChange | None:
        parameters = {
            "tenant_id": self._tenant_id,
            "member_id": member_id,
            "add": list(add),
            "remove": [name for name in remove if name not in add],
            "now": now,
        }
        row = (await self._connection.execute(_SET_MANUALLY, parameters)).one_or_none()
        return TagChange(member_id, tuple(row.added), tuple(row.removed), rule_id=None) if row else None

    async def set_by_keywords(
        self, activities: ActivityColumns, fresh: Sequence[UUID], now: datetime
    ) -> Sequence[TagChange]:
        wanted = {str(activity_id) for activity_id in fresh} & activities.keyword_hits.keys()
        if not wanted:
            return []
        origin_ids = activities.origin_ids or [None] * len(activities.ids)
        hits = [
            (member_id, origin_id, rule_id)
            for activity_id, member_id, origin_id in zip(
                activities.ids, activities.member_ids, origin_ids, strict=True
            )
            if activity_id in wanted
            for rule_id in activities.keyword_hits[activity_id]
        ]
        member_ids, origins, rule_ids = zip(*hits, strict=True)
        parameters = {
            "tenant_id": self._tenant_id,
            "member_ids": list(member_ids),
            "origin_ids": list(origins),
            "rule_ids": list(rule_ids),
            "now": now,
        }
        rows = await self._connection.execute(_SET_BY_KEYWORDS, parameters)
        return [TagChange(row.member_id, (row.name,), (), row.rule_id) for row in rows]

    async def judge(
        self, member_id: UUID, name: str, judgement: TagJudgement, judged_by: str, now: datetime
    ) -> bool | None:
        parameters = {
            "tenant_id": self._tenant_id,
            "member_id": member_id,
            "name": name,
            "judgement": judgement,
            "judged_by": judged_by,
            "now": now,
        }
        news: bool | None = (await self._connection.execute(_JUDGE, parameters)).scalar_one()
        return news

    async def follow(
        self, rule_id: UUID, met: Sequence[UUID], unmet: Sequence[UUID], now: datetime
    ) -> Sequence[TagChange]:
        parameters = {
            "tenant_id": self._tenant_id,
            "rule_id": rule_id,
            "met": list(met),
            "unmet": list(unmet),
            "now": now,
        }
        return [
            TagChange(row.member_id, (row.name,) * row.added, (row.name,) * (not row.added), rule_id)
            for row in await self._connection.execute(_FOLLOW, parameters)
        ]

    async def sweep(self, rule_id: UUID, limit: int) -> Sequence[TagChange]:
        rows = await self._connection.execute(_SWEEP, {"rule_id": rule_id, "limit": limit})
        return [TagChange(row.member_id, (), (row.name,), rule_id) for row in rows]

    async def counts(self, limit: int) -> Sequence[TagCount]:
        return [
            TagCount(row.name, row.members)
            for row in await self._connection.execute(_COUNTS, {"limit": limit})
        ]

    async def accuracies(self, window: Window) -> Sequence[TagAccuracy]:
        parameters = {"starts_at": window.starts_at, "ends_at": window.ends_at}
        rows = await self._connection.execute(_ACCURACIES, parameters)
        return [TagAccuracy(**row._mapping) for row in rows]
