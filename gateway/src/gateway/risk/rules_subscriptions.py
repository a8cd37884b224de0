"""Moderator tasks whose deadline is near."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved, subscribed
from gateway.global_ids import global_id, optional_uuid
from gateway.risk.types import ModeratorTask
from gateway.segmentation.arguments import InGroup
from gateway.values import moment
from quanzi.risk.v1.events_pb2 import ModeratorTaskReminded


@strawberry.type(description="The deadline of a moderator task is near (任务即将到期).")
class ModeratorTaskReminder:
    task_id: strawberry.ID = strawberry.field(description="Global id of the task.")
    assignee: str | None = strawberry.field(description="Who is to act; null: anybody.")
    due_at: datetime = strawberry.field(description="Until when.")
    uuid: strawberry.Private[str]

    @resolved("The task as it is now.")
    async def task(self, info: Info) -> ModeratorTask | None:
        return await info.context.loaders.risk.tasks_by_id.load(self.uuid)

    @classmethod
    def of(cls, event: ModeratorTaskReminded) -> Self:
        return cls(
            task_id=global_id("ModeratorTask", event.task_id),
            assignee=event.assignee or None,
            due_at=moment(event.due_at),
            uuid=event.task_id,
        )


@strawberry.type
class RuleSubscriptions:
    @subscribed("Moderator tasks (管理员任务) that nobody confirmed and that are due soon.")
    async def moderator_task_reminded(
        self, info: Info, group: InGroup = None
    ) -> AsyncGenerator[ModeratorTaskReminder, None]:
        info.context.identity.require("admin", "moderator", "partner")
        group_id = optional_uuid(group, "Group", "group")
        async for event in info.context.live(ModeratorTaskReminded):
            if group_id in {"", event.group_id}:
                yield ModeratorTaskReminder.of(event)
