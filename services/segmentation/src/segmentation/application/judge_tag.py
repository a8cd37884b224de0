"""Confirm or reject a tag that a rule set."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from segmentation.application.announce_tags import announce_tags
from segmentation.application.ports import UnitOfWork
from segmentation.application.refresh_segments import refresh_segments
from segmentation.domain.errors import MemberNotFound, TagNotFound
from segmentation.domain.member import Member
from segmentation.domain.tags import TagChange, TagJudgement
from segmentation.domain.timeline import Happening, TimelineKind


@dataclass(frozen=True, slots=True)
class JudgeTag:
    member_id: UUID
    name: str
    judgement: TagJudgement
    judged_by: str


async def judge_tag(uow: UnitOfWork, command: JudgeTag, now: datetime) -> Member:
    """A rejected tag goes, and no rule sets it on the member again. Raises MemberNotFound, TagNotFound."""
    await uow.identities.hold()
    if not await uow.members.by_ids([command.member_id], now):
        raise MemberNotFound(f"There is no member {command.member_id}; look the member up by reference")
    news = await uow.tags.judge(command.member_id, command.name, command.judgement, command.judged_by, now)
    if news is None:
        raise TagNotFound(f"No rule set the tag {command.name} on the member; only automatic tags are judged")
    if news:
        judged = Happening(
            new_id(), command.member_id, TimelineKind.TAG, now, command.name, command.judgement.name
        )
        await uow.timeline.add([judged])
    if news and command.judgement is TagJudgement.REJECTED:
        await announce_tags(uow, [TagChange(command.member_id, (), (command.name,), rule_id=None)], now)
        await refresh_segments(uow, [command.member_id], now)
    [member] = await uow.members.by_ids([command.member_id], now)
    return member
