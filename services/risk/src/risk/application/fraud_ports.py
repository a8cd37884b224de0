"""What the use cases of fraud need: the smallest interfaces, in domain types."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.domain.blocklist import Block
from risk.domain.imitation import Imitation, NameBook, StaffName
from risk.domain.payment_reminder import PaymentReminder
from risk.domain.staff import StaffMember


class StaffRegister(Protocol):
    async def put(self, member: StaffMember) -> None:
        """By its id."""
        ...

    async def hold(self, staff_id: UUID) -> StaffMember | None:
        """After whoever changes this one, there or not yet; nobody else does until the transaction ends."""
        ...

    async def many(self, ids: Collection[UUID]) -> Sequence[StaffMember]:
        """Those that exist."""
        ...

    async def all(self) -> Sequence[StaffMember]:
        """By registration, those who left too."""
        ...

    async def page(self, request: PageRequest, with_left: bool) -> Page[StaffMember]:
        """By registration."""
        ...


class PaymentReminders(Protocol):
    async def add_where_due(
        self, reminders: Sequence[PaymentReminder], cooldown: timedelta
    ) -> Sequence[PaymentReminder]:
        """Those stored: of groups whose last one is a cooldown ago. One per group at most is given."""
        ...

    async def deliver(self, reminder_id: UUID, now: datetime) -> PaymentReminder:
        """The first delivery stays. Raises ReminderNotFound."""
        ...

    async def page(self, request: PageRequest) -> Page[PaymentReminder]:
        """Newest first."""
        ...


class Blocklist(Protocol):
    async def put(self, block: Block) -> None:
        """In place of the one there was."""
        ...

    async def remove(self, member_id: UUID, now: datetime) -> Block | None:
        """The one that was in force."""
        ...

    async def among(self, member_ids: Collection[UUID], now: datetime) -> Mapping[UUID, Block]:
        """In force, by member."""
        ...

    async def page(self, request: PageRequest, now: datetime) -> Page[Block]:
        """In force, newest first."""
        ...


class FirstWords(Protocol):
    async def of(self, places: Collection[tuple[UUID, UUID]]) -> Mapping[tuple[UUID, UUID], datetime]:
        """When a member first wrote in a group, by (member, group); never, as decided: left out."""
        ...


class NameBooks(Protocol):
    def of(self, names: tuple[StaffName, ...]) -> NameBook:
        """The same one for the same names."""
        ...


class FraudWording(Protocol):
    """In the language of moderators and members."""

    def imitation(self, imitation: Imitation) -> str:
        """Why a case was opened."""
        ...

    def blocked(self, block: Block) -> str:
        """Why a case was opened."""
        ...

    def payment_talk(self) -> str:
        """Why a case was opened."""
        ...

    def reminder(self) -> str:
        """What a group is told."""
        ...
