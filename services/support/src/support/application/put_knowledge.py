from collections.abc import Sequence
from uuid import UUID

from chassis.ids import derived_id
from support.application.ports import UnitOfWork
from support.domain.answering import FaqEntry, KeywordReply


async def put_faq_entries(uow: UnitOfWork, entries: Sequence[FaqEntry]) -> int:
    """Add entries or change those with the same reference; returns how many are new or different."""
    return await uow.knowledge.put_faq(entries)


async def put_keyword_replies(uow: UnitOfWork, replies: Sequence[KeywordReply]) -> int:
    """Add replies or change those with the same keyword; returns how many are new or different."""
    return await uow.knowledge.put_keywords(replies)


def faq_entry_id(tenant_id: UUID, external_reference: str) -> UUID:
    return derived_id(tenant_id, "faq-entry", external_reference)
