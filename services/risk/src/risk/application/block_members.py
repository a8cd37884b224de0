"""Members are kept out of all groups, or let in again."""

from datetime import datetime
from uuid import UUID

from risk.application.ports import UnitOfWork
from risk.domain.blocklist import Block
from risk.domain.errors import NotBlocked
from risk.domain.fraud_events import MemberBlocked, MemberUnblocked


async def block_member(uow: UnitOfWork, block: Block, now: datetime) -> Block:
    """In place of an earlier block; a partner, or a moderator, removes the member from the groups."""
    await uow.blocklist.put(block)
    await uow.publish(MemberBlocked(block), at=now)
    return block


async def unblock_member(uow: UnitOfWork, member_id: UUID, now: datetime) -> Block:
    """The block that was in force. Raises NotBlocked."""
    block = await uow.blocklist.remove(member_id, now)
    if block is None:
        raise NotBlocked(f"Member {member_id} is not blocked")
    await uow.publish(MemberUnblocked(member_id), at=now)
    return block
