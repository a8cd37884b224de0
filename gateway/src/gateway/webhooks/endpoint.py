"""A webhook endpoint of a partner: where events go, which of them, and whether now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from gateway.errors import invalid
from gateway.webhooks.catalogue import EVENT_TYPES

SECRET_OVERLAP = timedelta(hours=24)
_MOST_GROUPS = 200


class EndpointStatus(StrEnum):
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """No types or no groups: all of them. `failures` are in a row. Secrets are derived from their ids."""

    tenant_id: UUID
    id: UUID
    partner_id: UUID
    url: str
    event_types: Sequence[str]
    group_ids: Sequence[UUID]
    status: EndpointStatus
    status_reason: str | None
    created_at: datetime
    secret_id: UUID
    previous_secret_id: UUID | None = None
    previous_secret_until: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    resume_at: datetime | None = None

    def listening_to(self, event_types: Sequence[str], group_ids: Sequence[UUID]) -> Endpoint:
        """Raises PublicError BAD_USER_INPUT."""
        for position, name in enumerate(event_types):
            if name not in EVENT_TYPES:
                raise invalid(f"eventTypes[{position}]", f"{name[:100]!r} is no event type; see docs/events")
        if len(group_ids) > _MOST_GROUPS:
            raise invalid("groups", f"{len(group_ids)} groups, at most {_MOST_GROUPS}; name none for all")
        return replace(self, event_types=sorted(set(event_types)), group_ids=sorted(set(group_ids)))

    def activated(self) -> Endpoint:
        """Sends again, beginning with what waits."""
        return replace(
            self,
            status=EndpointStatus.ACTIVE,
            status_reason=None,
            failures=0,
            failing_since=None,
            resume_at=None,
        )

    def paused(self, reason: str) -> Endpoint:
        """Events go on being recorded for it."""
        return replace(self, status=EndpointStatus.PAUSED, status_reason=reason)

    def with_new_secret(self, secret_id: UUID, now: datetime) -> Endpoint:
        """The one before signs too until SECRET_OVERLAP has passed."""
        return replace(
            self,
            secret_id=secret_id,
            previous_secret_id=self.secret_id,
            previous_secret_until=now + SECRET_OVERLAP,
        )

    def secret_ids(self, now: datetime) -> list[UUID]:
        """Those that sign, the newest first."""
        previous, until = self.previous_secret_id, self.previous_secret_until
        return [self.secret_id, previous] if previous and until and now < until else [self.secret_id]
