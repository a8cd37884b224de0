"""Make one member of two."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from segmentation.application.announce_consents import announce_consents
from segmentation.application.ports import UnitOfWork
from segmentation.application.settle_members import settle_members
from segmentation.domain.errors import AlreadyMerged, InvalidMerge, MemberNotFound
from segmentation.domain.events import MemberMerged
from segmentation.domain.merge import Merge
from segmentation.domain.timeline import Happening, TimelineKind


@dataclass(frozen=True, slots=True)
class MergeMembers:
    """`merged_member_id` goes into `member_id`."""

    member_id: UUID
    merged_member_id: UUID
    reason: str
    merged_by: str


async def merge_members(uow: UnitOfWork, command: MergeMembers, now: datetime) -> Merge:
    """The same two again answers the merge in force. Raises InvalidMerge, AlreadyMerged, MemberNotFound."""
    if command.member_id == command.merged_member_id:
        raise InvalidMerge("A member cannot go into itself; name two members", field="merged_member_id")
    policy = await uow.policies.tiers()
    await uow.merges.claim()
    away = await uow.merges.away(command.merged_member_id)
    if away and away.member_id == command.member_id:
        return away
    await _require_members(uow, command, now)
    merge = Merge(
        new_id(),
        command.member_id,
        command.merged_member_id,
        command.reason,
        command.merged_by,
        merged_at=now,
    )
    consents = await uow.consents.holding([merge.member_id])
    stays = await uow.merges.join(merge)
    await uow.publish(MemberMerged(merge), at=now)
    await announce_consents(uow, consents, [merge.member_id], now)
    await settle_members(uow, [merge.member_id, merge.merged_member_id], stays, policy, now)
    await uow.timeline.add(
        [Happening(new_id(), merge.member_id, TimelineKind.MERGE, now, str(merge.id), "MERGED")]
    )
    return merge


async def _require_members(uow: UnitOfWork, command: MergeMembers, now: datetime) -> None:
    named = {"member_id": command.member_id, "merged_member_id": command.merged_member_id}
    found = {member.id for member in await uow.members.by_ids(list(named.values()), now)}
    successors = await uow.identities.successors(list(named.values()))
    for field, member_id in named.items():
        if member_id in successors:
            raise AlreadyMerged(
                f"{member_id} went into {successors[member_id]}; name that member", field=field
            )
        if member_id not in found:
            raise MemberNotFound(
                f"There is no member {member_id}; look the member up by reference", field=field
            )
