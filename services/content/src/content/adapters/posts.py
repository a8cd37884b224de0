"""Posts in PostgreSQL."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, or_, select, text

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from content.adapters.tables import posts
from content.application.ports import PostFilter
from content.domain.content_type import ContentType
from content.domain.errors import PostNotFound
from content.domain.plan import GroupCalendar, at_local_minute
from content.domain.post import OCCUPYING, Post, PostStatus

COLUMNS = [column for column in posts.c if column.name != "tenant_id"]
_SAVE = text("""
    update posts
    set due_at = new.due_at, status = new.status, delivered_at = new.delivered_at, reminders = new.reminders
    from unnest(cast(:ids as uuid[]), cast(:due_ats as timestamptz[]), cast(:statuses as text[]),
                cast(:delivered_ats as timestamptz[]), cast(:reminders as integer[]))
         as new (id, due_at, status, delivered_at, reminders)
    where posts.tenant_id = :tenant_id and posts.id = new.id
""")


class SqlPosts:
    def __init__(self, session: Session) -> None:
        self._connection, self._tenant_id = session.connection, session.tenant_id

    async def get(self, post_id: UUID) -> Post:
        found = await self.locked([post_id])
        if not found:
            raise PostNotFound("There is no such post.")
        return found[0]

    async def locked(self, post_ids: Sequence[UUID]) -> Sequence[Post]:
        statement = select(*COLUMNS).where(posts.c.id.in_(post_ids)).order_by(posts.c.id).with_for_update()
        return [_post(row) for row in await self._connection.execute(statement)]

    async def of_plan(self, plan_id: UUID) -> Sequence[Post]:
        statement = select(*COLUMNS).where(posts.c.plan_id == plan_id).order_by(posts.c.due_at, posts.c.id)
        return [_post(row) for row in await self._connection.execute(statement)]

    async def save(self, changed: Sequence[Post]) -> None:
        if not changed:
            return
        await self._connection.execute(
            _SAVE,
            {
                "tenant_id": self._tenant_id,
                "ids": [post.id for post in changed],
                "due_ats": [post.due_at for post in changed],
                "statuses": [post.status.value for post in changed],
                "delivered_ats": [post.delivered_at for post in changed],
                "reminders": [post.reminders for post in changed],
            },
        )

    async def many(self, post_ids: Sequence[UUID]) -> Sequence[Post]:
        statement = select(*COLUMNS).where(posts.c.id.in_(post_ids))
        return [_post(row) for row in await self._connection.execute(statement)]

    async def page(self, request: PageRequest, wanted: PostFilter) -> Page[Post]:
        statement = select(*COLUMNS)
        if wanted.plan_id:
            statement = statement.where(posts.c.plan_id == wanted.plan_id)
        if wanted.group_id:
            statement = statement.where(posts.c.group_id == wanted.group_id)
        if wanted.status:
            statement = statement.where(posts.c.status == wanted.status)
        return await fetch_page(self._connection, statement, (posts.c.due_at, posts.c.id), request, _post)

    async def calendars(
        self, group_ids: Sequence[UUID], first: date, last: date, zone: ZoneInfo, draft: UUID | None = None
    ) -> Sequence[GroupCalendar]:
        statement = select(posts.c.group_id, posts.c.item_id, posts.c.due_at).where(
            posts.c.group_id.in_(group_ids),
            posts.c.due_at >= at_local_minute(first, 0, zone),
            posts.c.due_at < at_local_minute(last + timedelta(days=1), 0, zone),
            or_(posts.c.status.in_([*OCCUPYING]), posts.c.plan_id == draft),
        )
        calendars = {group_id: GroupCalendar(group_id) for group_id in group_ids}
        for row in await self._connection.execute(statement):
            calendar = calendars[row.group_id]
            calendar.due_times.append(row.due_at)
            calendar.item_days.setdefault(row.item_id, []).append(row.due_at.astimezone(zone).date())
        return list(calendars.values())


def post_values(post: Post) -> dict[str, Any]:
    return {column.name: getattr(post, column.name) for column in COLUMNS}


def _post(row: Row[Any]) -> Post:
    return Post(
        row.id,
        row.plan_id,
        row.group_id,
        row.item_id,
        row.item_version,
        ContentType(row.type),
        row.due_at,
        PostStatus(row.status),
        row.delivered_at,
        row.reminders,
    )
