"""Work out the members of new and changed segments, one step per transaction."""

from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from chassis.timers import Timer
from segmentation.application.follow_tag_rules import follow_tag_rules
from segmentation.application.ports import UnitOfWork
from segmentation.application.segment_ports import SegmentMembers
from segmentation.application.sweep_tags import schedule_sweep
from segmentation.application.wake_segments import wake
from segmentation.domain.events import SegmentUpdated
from segmentation.domain.segments import Generation, GenerationState, changes_to_tell

SEGMENT_WORK = "segment-work"
CHUNK = 5_000
DIFFERENCE = 20_000
CLEARED = 20_000
_ONWARDS = "onwards"


async def start_filling(uow: UnitOfWork, now: datetime) -> None:
    """A timer of its own: nobody has to wait for the step that is being taken just now."""
    await uow.timers.schedule_many([Timer(SEGMENT_WORK, str(new_id()), now)])


async def go_on_filling(uow: UnitOfWork, keys: list[str], now: datetime) -> None:
    """A start only sets the one timer going by which all steps of a tenant are taken, one after the other."""
    if _ONWARDS not in keys or await fill_segments(uow, now):
        await uow.timers.schedule_many([Timer(SEGMENT_WORK, _ONWARDS, now)])


async def fill_segments(uow: UnitOfWork, now: datetime) -> bool:
    """Takes one step; a crash loses no more. False if nothing is left to do."""
    step = await uow.segments.unfinished()
    if step is None:
        return False
    match step.state:
        case GenerationState.FILLED:
            await _show(uow, step, now)
        case GenerationState.DROPPED:
            await uow.segment_members.clear(step, limit=CLEARED)
        case _:
            await _fill(uow, step.filled_to, now)
    return True


async def _fill(uow: UnitOfWork, after: UUID, now: datetime) -> None:
    """The next members, for all generations that are as far."""
    policy = await uow.policies.tiers()
    generations = [
        it
        for it in await uow.segments.in_force()
        if it.state is GenerationState.FILLING and it.filled_to == after
    ]
    member_ids = await uow.segment_upkeep.hold_next(after, limit=CHUNK)
    if generations and member_ids:
        kept = await uow.segment_upkeep.keep(generations, member_ids, policy, now, all_in_force=False)
        await wake(uow, kept.due_at, now)
        await follow_tag_rules(uow, kept.moved, now)
    await uow.segments.advance(
        generations,
        filled_to=member_ids[-1] if member_ids else after,
        seen=len(member_ids),
        filled=len(member_ids) < CHUNK,
    )


async def _show(uow: UnitOfWork, step: Generation, now: datetime) -> None:
    """Readers see the new members all at once; who was among the old ones is not told again."""
    await uow.segments.claim()
    generations = [it for it in await uow.segments.in_force() if it.segment_id == step.segment_id]
    filled = next((it for it in generations if it.number == step.number), None)
    if filled is None:
        return
    if filled.sets_tag:
        await uow.segments.show(filled)
        await schedule_sweep(uow, filled.segment_id, now)
        return
    live = next((it for it in generations if it.state is GenerationState.LIVE), None)
    await _tell_difference(uow, filled, live, now)
    await uow.segments.show(filled)
    if live is None or live.version != filled.version:
        [segment] = await uow.segments.by_ids([filled.segment_id])
        await uow.publish(SegmentUpdated(segment.id, segment.version, segment.name, segment.size), at=now)


async def _tell_difference(uow: UnitOfWork, new: Generation, old: Generation | None, now: datetime) -> None:
    members: SegmentMembers = uow.segment_members
    last = UUID(int=0)
    while entered := await members.difference(new, old, last, DIFFERENCE):
        await uow.publish(*changes_to_tell(new.segment_id, new.version, entered, ()), at=now)
        last = entered[-1]
    last = UUID(int=0)
    while old and (left := await members.difference(old, new, last, DIFFERENCE)):
        await uow.publish(*changes_to_tell(new.segment_id, new.version, (), left), at=now)
        last = left[-1]
