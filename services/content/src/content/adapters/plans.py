"""Plans in PostgreSQL; mix and gaps are read as a whole, so they are kept as JSON."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from content.adapters.posts import post_values
from content.adapters.tables import plans, posts
from content.domain.content_type import ContentType
from content.domain.errors import PlanNotFound
from content.domain.mix import MixDeviation
from content.domain.plan import GapReason, Plan, PlanGap, PlanStatus
from content.domain.post import Post

COLUMNS = [column for column in plans.c if column.name != "tenant_id"]


class SqlPlans:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def add(self, plan: Plan, plan_posts: Sequence[Post]) -> None:
        statement = insert(plans).values(
            tenant_id=self._tenant_id,
            id=plan.id,
            status=plan.status,
            start_date=plan.start_date,
            days=plan.days,
            group_ids=list(plan.group_ids),
            posts_per_day=plan.posts_per_day,
            mix=[[entry.type, entry.target_share, entry.posts, entry.actual_share] for entry in plan.mix],
            gaps=[[str(gap.group_id), gap.day.isoformat(), gap.type, gap.reason] for gap in plan.gaps],
            created_at=plan.created_at,
        )
        await self._connection.execute(statement)
        if plan_posts:
            rows = [{"tenant_id": self._tenant_id, **post_values(post)} for post in plan_posts]
            await self._connection.execute(insert(posts), rows)

    async def get(self, plan_id: UUID) -> Plan:
        statement = select(*COLUMNS).where(plans.c.id == plan_id).with_for_update()
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            raise PlanNotFound("There is no such plan.")
        return _plan(row)

    async def save(self, plan: Plan) -> None:
        await self._connection.execute(update(plans).where(plans.c.id == plan.id).values(status=plan.status))

    async def many(self, plan_ids: Sequence[UUID]) -> Sequence[Plan]:
        rows = await self._connection.execute(select(*COLUMNS).where(plans.c.id.in_(plan_ids)))
        return [_plan(row) for row in rows]

    async def page(self, request: PageRequest) -> Page[Plan]:
        order = (plans.c.created_at, plans.c.id)
        return await fetch_page(self._connection, select(*COLUMNS), order, request, _plan, descending=True)


def _plan(row: Row[Any]) -> Plan:
    return Plan(
        id=row.id,
        status=PlanStatus(row.status),
        start_date=row.start_date,
        days=row.days,
        group_ids=tuple(row.group_ids),
        posts_per_day=row.posts_per_day,
        mix=tuple(
            MixDeviation(ContentType(kind), target, count, actual) for kind, target, count, actual in row.mix
        ),
        gaps=tuple(
            PlanGap(UUID(group), date.fromisoformat(day), ContentType(kind), GapReason(reason))
            for group, day, kind, reason in row.gaps
        ),
        created_at=row.created_at,
    )
