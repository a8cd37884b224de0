"""What the use cases need, in domain types. SQL forms in `adapters/`, fakes in the tests."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.idempotency import Idempotency
from chassis.inbox import Inbox
from chassis.paging import Page, PageRequest
from chassis.timers import Timers
from content.domain.budget import BudgetKey, ContactBudget
from content.domain.content_type import ContentType, Verdict
from content.domain.events import DomainEvent
from content.domain.item import Item, ItemStatus
from content.domain.plan import Candidate, GroupCalendar, Plan
from content.domain.policy import ContentPolicy
from content.domain.post import Post, PostStatus


class Items(Protocol):
    async def add(self, item: Item) -> None:
        """Raises ExternalReferenceTaken."""
        ...

    async def get(self, item_id: UUID) -> Item:
        """Locked until the transaction ends. Raises ItemNotFound."""
        ...

    async def save(self, item: Item) -> None: ...

    async def many(self, item_ids: Sequence[UUID]) -> Sequence[Item]:
        """Those that exist."""
        ...

    async def page(
        self, request: PageRequest, content_type: ContentType | None, status: ItemStatus | None
    ) -> Page[Item]:
        """Newest first."""
        ...

    async def candidates(self) -> Sequence[Candidate]:
        """All approved items, oldest first."""
        ...


class Plans(Protocol):
    async def add(self, plan: Plan, posts: Sequence[Post]) -> None: ...

    async def get(self, plan_id: UUID) -> Plan:
        """Locked until the transaction ends. Raises PlanNotFound."""
        ...

    async def save(self, plan: Plan) -> None: ...

    async def many(self, plan_ids: Sequence[UUID]) -> Sequence[Plan]: ...

    async def page(self, request: PageRequest) -> Page[Plan]:
        """Newest first."""
        ...


@dataclass(frozen=True, slots=True)
class PostFilter:
    plan_id: UUID | None = None
    group_id: UUID | None = None
    status: PostStatus | None = None


class Posts(Protocol):
    async def get(self, post_id: UUID) -> Post:
        """Locked until the transaction ends. Raises PostNotFound."""
        ...

    async def locked(self, post_ids: Sequence[UUID]) -> Sequence[Post]:
        """Those that exist, locked until the transaction ends."""
        ...

    async def of_plan(self, plan_id: UUID) -> Sequence[Post]: ...

    async def save(self, posts: Sequence[Post]) -> None: ...

    async def many(self, post_ids: Sequence[UUID]) -> Sequence[Post]: ...

    async def page(self, request: PageRequest, wanted: PostFilter) -> Page[Post]:
        """By due time."""
        ...

    async def calendars(
        self, group_ids: Sequence[UUID], first: date, last: date, zone: ZoneInfo, draft: UUID | None = None
    ) -> Sequence[GroupCalendar]:
        """What the groups' local days are taken up by, in the order of `group_ids`; contacts are left out.

        Posts of the plan `draft` count too, though they are only planned.
        """
        ...


class Budgets(Protocol):
    async def many(self, keys: Sequence[BudgetKey]) -> Sequence[ContactBudget]:
        """One per key; unused where nothing is recorded."""
        ...

    async def reserve(self, wanted: Mapping[BudgetKey, int]) -> Sequence[BudgetKey]:
        """Reserve contacts, each group's as a whole. Returns the keys that have too few left."""
        ...

    async def release(self, freed: Mapping[BudgetKey, int]) -> None: ...

    async def spend(self, key: BudgetKey) -> None:
        """A reserved contact was made."""
        ...


class Policies(Protocol):
    async def current(self) -> ContentPolicy:
        """The newest version, or the default."""
        ...

    async def add(self, policy: ContentPolicy, now: datetime) -> None:
        """Raises StaleVersion if that version exists."""
        ...


class PostTimers(Protocol):
    async def schedule(self, kind: str, key: str, due_at: datetime) -> None: ...
    async def schedule_posts(self, kind: str, due: Mapping[UUID, datetime]) -> None:
        """Timers of many posts in one statement."""
        ...

    async def cancel(self, kind: str, key: str) -> None: ...


class UnitOfWork(Protocol):
    """One transaction of one tenant."""

    @property
    def items(self) -> Items: ...
    @property
    def plans(self) -> Plans: ...
    @property
    def posts(self) -> Posts: ...
    @property
    def budgets(self) -> Budgets: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def post_timers(self) -> PostTimers: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def idempotency(self) -> Idempotency: ...

    async def zone(self) -> ZoneInfo:
        """The tenant's. Raises UnknownTenant."""
        ...

    async def publish(self, *events: DomainEvent, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Screened:
    """What screening says about a text; `reason` is for operators, in Chinese."""

    verdict: Verdict
    reason: str


class Screening(Protocol):
    async def screen(self, tenant_id: UUID, content: str) -> Screened: ...


Transactions = Callable[[UUID], AbstractAsyncContextManager[UnitOfWork]]
