"""Messages against the keywords of tag rules, as they pass: their text is not kept."""

from collections.abc import Callable, Sequence
from typing import Protocol, cast
from uuid import UUID

from chassis.consumer import Received
from quanzi.inbound.v1.activity_pb2 import Activity
from segmentation.application.ports import UnitOfWork
from segmentation.domain.activity import KeywordHits
from segmentation.domain.tags import Keywords


class Matcher(Protocol):
    def rules_hit(self, text: str) -> frozenset[UUID]: ...


class KeywordReader:
    """Keeps the matcher of each tenant for as long as its rules stand."""

    def __init__(self, compiled: Callable[[Sequence[tuple[UUID, Keywords]]], Matcher]) -> None:
        self._compiled = compiled
        self._kept: dict[UUID, tuple[int, Matcher | None]] = {}

    async def hits(self, uow: UnitOfWork, batch: Sequence[Received]) -> KeywordHits:
        """Of a batch of one tenant. The version is read every time, so a change of rules holds at once."""
        matcher = await self._matcher(uow, batch[0].tenant_id)
        if matcher is None:
            return {}
        texts = ((received.id, cast(Activity, received.message).text) for received in batch)
        return {activity_id: hit for activity_id, text in texts if text and (hit := matcher.rules_hit(text))}

    async def _matcher(self, uow: UnitOfWork, tenant_id: UUID) -> Matcher | None:
        version = await uow.tag_rules.version()
        kept_version, matcher = self._kept.get(tenant_id, (0, None))
        if kept_version != version:
            rules = await uow.tag_rules.keywords()
            matcher = self._compiled(rules) if rules else None
            self._kept[tenant_id] = version, matcher
        return matcher
