"""A post: one item for one group at one time, and what can become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from content.domain.content_type import ContentType
from content.domain.errors import WrongPostStatus
from content.domain.policy import ContentPolicy


class PostStatus(StrEnum):
    PLANNED = "planned"
    APPROVED = "approved"
    ASSIGNED = "assigned"
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    QUOTA_FAILED = "quota_failed"
    EXPIRED = "expired"


class DeliveryOutcome(StrEnum):
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    QUOTA_FAILED = "quota_failed"


S = PostStatus
TRANSITIONS: Mapping[PostStatus, frozenset[PostStatus]] = MappingProxyType(
    {
        S.PLANNED: frozenset({S.APPROVED}),
        S.APPROVED: frozenset({S.ASSIGNED, S.EXPIRED}),
        S.ASSIGNED: frozenset({S.CONFIRMED, S.DELIVERED, S.QUOTA_FAILED, S.EXPIRED}),
        S.CONFIRMED: frozenset({S.DELIVERED, S.QUOTA_FAILED, S.EXPIRED}),
        S.DELIVERED: frozenset(),
        S.QUOTA_FAILED: frozenset(),
        S.EXPIRED: frozenset(),
    }
)
OCCUPYING = frozenset({S.APPROVED, S.ASSIGNED, S.CONFIRMED, S.DELIVERED})
"""Statuses in which a post takes up its place in the group's day; a draft does not hold it."""


@dataclass(frozen=True, slots=True)
class Post:
    id: UUID
    plan_id: UUID
    group_id: UUID
    item_id: UUID
    item_version: int
    type: ContentType
    due_at: datetime
    status: PostStatus = PostStatus.PLANNED
    delivered_at: datetime | None = None
    reminders: int = 0

    def hand_out(self, now: datetime, policy: ContentPolicy) -> Post:
        """At its time a post is assigned; after an outage longer than the grace it expires instead."""
        late = now > self.expires_at(policy)
        return self._become(S.EXPIRED if late else S.ASSIGNED)

    def report(self, outcome: DeliveryOutcome, now: datetime) -> Post:
        """Raises WrongPostStatus. Reporting the status it already has changes nothing."""
        status = PostStatus(outcome.value)
        if status is self.status:
            return self
        moved = self._become(status)
        return replace(moved, delivered_at=now) if status is S.DELIVERED else moved

    def expire(self, now: datetime, policy: ContentPolicy) -> Post:
        """The same post if it is not yet time, or no longer to be expired."""
        waiting = self.status in (S.ASSIGNED, S.CONFIRMED)
        return self._become(S.EXPIRED) if waiting and now >= self.expires_at(policy) else self

    def remind(self) -> Post:
        return replace(self, reminders=self.reminders + 1)

    def move(self, due_at: datetime) -> Post:
        """Raises WrongPostStatus."""
        if self.status not in (S.PLANNED, S.APPROVED):
            raise WrongPostStatus(f"A post that is {self.status} can no longer be moved.")
        return replace(self, due_at=due_at)

    def expires_at(self, policy: ContentPolicy) -> datetime:
        minutes = policy.delivery_minutes if self.status is S.CONFIRMED else policy.grace_minutes
        return self.due_at + timedelta(minutes=minutes)

    def _become(self, status: PostStatus) -> Post:
        if status not in TRANSITIONS[self.status]:
            raise WrongPostStatus(f"A post that is {self.status} cannot become {status}.", "outcome")
        return replace(self, status=status)
