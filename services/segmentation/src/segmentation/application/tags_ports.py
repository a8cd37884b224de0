"""What tags need of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from segmentation.domain.activity import ActivityColumns
from segmentation.domain.tags import Keywords, TagAccuracy, TagChange, TagCount, TagJudgement, TagRule
from segmentation.domain.windows import Window


class Tags(Protocol):
    async def set_manually(
        self, member_id: UUID, add: Sequence[str], remove: Sequence[str], now: datetime
    ) -> TagChange | None:
        """None if there is no such member."""
        ...

    async def set_by_keywords(
        self, activities: ActivityColumns, fresh: Sequence[UUID], now: datetime
    ) -> Sequence[TagChange]:
        """Tags of the rules that the fresh activities among these hit, where nobody rejected them."""
        ...

    async def judge(
        self, member_id: UUID, name: str, judgement: TagJudgement, judged_by: str, now: datetime
    ) -> bool | None:
        """Whether it is news; None if no rule set the tag. A rejected tag goes."""
        ...

    async def follow(
        self, rule_id: UUID, met: Sequence[UUID], unmet: Sequence[UUID], now: datetime
    ) -> Sequence[TagChange]:
        """Sets the tag of a rule on members who meet its condition now, where nobody rejected it.

        Removes it from those who do not any more.
        """
        ...

    async def sweep(self, rule_id: UUID, limit: int) -> Sequence[TagChange]:
        """Removes tags of a rule that is gone, sets another tag now or has a condition not met.

        Except those confirmed.
        """
        ...

    async def counts(self, limit: int) -> Sequence[TagCount]:
        """Most used first."""
        ...

    async def accuracies(self, window: Window) -> Sequence[TagAccuracy]:
        """Per rule, by tag: what was judged in the window, and what was set in it and is not judged."""
        ...


class TagRules(Protocol):
    async def version(self) -> int:
        """Goes up with every change of a rule."""
        ...

    async def keywords(self) -> Sequence[tuple[UUID, Keywords]]:
        """Of the rules that are enabled."""
        ...

    async def by_id(self, rule_id: UUID) -> TagRule | None:
        """Held until the transaction ends."""
        ...

    async def by_ids(self, ids: Sequence[UUID]) -> Sequence[TagRule]: ...
    async def count(self) -> int: ...
    async def save(self, rule: TagRule) -> None: ...
    async def delete(self, rule_id: UUID) -> bool:
        """False if there is none."""
        ...

    async def page(self, request: PageRequest) -> Page[TagRule]:
        """By name, then id."""
        ...
