"""Register a customer group."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from segmentation.application.ports import UnitOfWork
from segmentation.application.time_judgement import judge_as_the_day_closes
from segmentation.domain.events import GroupRegistered
from segmentation.domain.group import Group


@dataclass(frozen=True, slots=True)
class RegisterGroup:
    """`group_id` is derived from the external reference, so activities may come before the registration."""

    group_id: UUID
    external_reference: str
    name: str
    owner: str


async def register_group(uow: UnitOfWork, command: RegisterGroup, now: datetime) -> Group:
    """Registering again renames; the event is published once. From now on the group is judged every day."""
    new = await uow.groups.save(
        Group(command.group_id, command.external_reference, command.name, command.owner, created_at=now)
    )
    if new:
        await uow.publish(GroupRegistered(command.group_id, command.external_reference, command.name), at=now)
    await judge_as_the_day_closes(uow, now)
    [group] = await uow.groups.by_ids([command.group_id])
    return group
