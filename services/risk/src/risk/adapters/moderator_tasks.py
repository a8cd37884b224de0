"""Moderator tasks in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text, update

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from risk.adapters.tables import moderator_tasks
from risk.domain.errors import ChangedMeanwhile, TaskNotFound
from risk.domain.ladder import LadderAction
from risk.domain.moderator_task import ModeratorTask, ModeratorTaskStatus

_SAVE = text("""
    update moderator_tasks
    set status = it.status, confirmed_at = it.confirmed_at, confirmed_by = it.confirmed_by,
        muted_until = it.muted_until, assignee = it.assignee
    from unnest(cast(:ids as uuid[]), cast(:were as smallint[]), cast(:were_with as text[]),
                cast(:statuses as smallint[]), cast(:confirmed_ats as timestamptz[]),
                cast(:confirmed_bys as text[]), cast(:muted_untils as timestamptz[]),
                cast(:assignees as text[]))
         as it (id, was, was_with, status, confirmed_at, confirmed_by, muted_until, assignee)
    where moderator_tasks.tenant_id = :tenant_id and moderator_tasks.id = it.id
      and moderator_tasks.status = it.was and moderator_tasks.assignee = it.was_with
""")


class SqlModeratorTasks:
    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._tenant_id = session.tenant_id

    async def add(self, tasks: Sequence[ModeratorTask]) -> None:
        if tasks:
            rows = [asdict(task) | {"tenant_id": self._tenant_id} for task in tasks]
            await self._connection.execute(insert(moderator_tasks), rows)

    async def get(self, task_id: UUID) -> ModeratorTask:
        query = select(moderator_tasks).where(moderator_tasks.c.id == task_id)
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise TaskNotFound(f"There is no moderator task {task_id}")
        return _to_task(row)

    async def save(self, task: ModeratorTask, was: ModeratorTask) -> None:
        await self.save_all([(task, was)])

    async def save_all(self, changes: Sequence[tuple[ModeratorTask, ModeratorTask]]) -> None:
        if not changes:
            return
        parameters = {
            "tenant_id": self._tenant_id,
            "ids": [task.id for task, _ in changes],
            "were": [was.status.value for _, was in changes],
            "were_with": [was.assignee for _, was in changes],
            "statuses": [task.status.value for task, _ in changes],
            "confirmed_ats": [task.confirmed_at for task, _ in changes],
            "confirmed_bys": [task.confirmed_by for task, _ in changes],
            "muted_untils": [task.muted_until for task, _ in changes],
            "assignees": [task.assignee for task, _ in changes],
        }
        if (await self._connection.execute(_SAVE, parameters)).rowcount != len(changes):
            raise ChangedMeanwhile("Somebody else changed the task just now: look at it again")

    async def remind(self, task_ids: Collection[UUID], now: datetime) -> Sequence[ModeratorTask]:
        reminded = (
            update(moderator_tasks)
            .where(
                moderator_tasks.c.tenant_id == self._tenant_id,
                moderator_tasks.c.id.in_(task_ids),
                moderator_tasks.c.status == ModeratorTaskStatus.OPEN.value,
                moderator_tasks.c.reminded_at.is_(None),
            )
            .values(reminded_at=now)
            .returning(*moderator_tasks.c)
        )
        return [_to_task(row) for row in await self._connection.execute(reminded)]

    async def mark_overdue(self, task_ids: Collection[UUID], now: datetime) -> Sequence[ModeratorTask]:
        overdue = (
            update(moderator_tasks)
            .where(
                moderator_tasks.c.tenant_id == self._tenant_id,
                moderator_tasks.c.id.in_(task_ids),
                moderator_tasks.c.status == ModeratorTaskStatus.OPEN.value,
                moderator_tasks.c.due_at <= now,
            )
            .values(status=ModeratorTaskStatus.OVERDUE.value)
            .returning(*moderator_tasks.c)
        )
        return [_to_task(row) for row in await self._connection.execute(overdue)]

    async def many(self, ids: Collection[UUID]) -> Sequence[ModeratorTask]:
        query = select(moderator_tasks).where(moderator_tasks.c.id.in_(ids))
        return [_to_task(row) for row in await self._connection.execute(query)]

    async def of_violations(self, violation_ids: Collection[UUID]) -> Sequence[ModeratorTask]:
        query = select(moderator_tasks).where(moderator_tasks.c.violation_id.in_(violation_ids))
        return [_to_task(row) for row in await self._connection.execute(query)]

    async def to_do(self, request: PageRequest, group_ids: Collection[UUID]) -> Page[ModeratorTask]:
        waiting = [ModeratorTaskStatus.OPEN.value, ModeratorTaskStatus.OVERDUE.value]
        matching = select(moderator_tasks).where(
            moderator_tasks.c.group_id.in_(group_ids), moderator_tasks.c.status.in_(waiting)
        )
        order = moderator_tasks.c.due_at, moderator_tasks.c.id
        return await fetch_page(self._connection, matching, order, request, _to_task)

    async def page(
        self, request: PageRequest, group_id: UUID | None, status: ModeratorTaskStatus | None
    ) -> Page[ModeratorTask]:
        matching = select(moderator_tasks)
        if group_id is not None:
            matching = matching.where(moderator_tasks.c.group_id == group_id)
        if status is not None:
            matching = matching.where(moderator_tasks.c.status == status.value)
        order = moderator_tasks.c.due_at, moderator_tasks.c.id
        return await fetch_page(self._connection, matching, order, request, _to_task)


def _to_task(row: Row[Any]) -> ModeratorTask:
    return ModeratorTask(
        id=row.id,
        violation_id=row.violation_id,
        group_id=row.group_id,
        member_id=row.member_id,
        action=LadderAction(row.action),
        status=ModeratorTaskStatus(row.status),
        instruction=row.instruction,
        due_at=row.due_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        mute_hours=row.mute_hours,
        muted_until=row.muted_until,
        assignee=row.assignee,
        reminded_at=row.reminded_at,
    )
