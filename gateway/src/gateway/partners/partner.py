"""A partner: a tool that reads the events of one tenant and reports back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.errors import invalid

_LONGEST_NAME = 100
# Services whose events partners may read. The gateway's own are for the services.
API_PREFIX = "QUANZI.API"
"""Under which JetStream answers partners, as the configuration of the server has it."""
SOURCES = ("segmentation", "content", "campaigns", "support", "risk")


@dataclass(frozen=True, slots=True)
class Partner:
    """`events_from`: its NATS consumer begins with the events of this instant."""

    tenant_id: UUID
    id: UUID
    name: str
    registered_at: datetime
    disabled_at: datetime | None
    events_from: datetime

    @classmethod
    def register(cls, tenant_id: UUID, partner_id: UUID, name: str, now: datetime) -> Partner:
        """Raises PublicError BAD_USER_INPUT."""
        name = name.strip()
        if not 1 <= len(name) <= _LONGEST_NAME:
            raise invalid("name", f"a name has 1 to {_LONGEST_NAME} characters")
        return cls(tenant_id, partner_id, name, now, None, now)


def consumer_name(partner_id: UUID) -> str:
    """Durable consumer of the partner on the stream EVENTS."""
    return f"partner-{partner_id}"


def inbox_prefix(partner_id: UUID) -> str:
    """Where NATS delivers to the partner; its client must be told."""
    return f"_INBOX_{partner_id}"


def subjects(tenant_id: UUID) -> list[str]:
    return [f"quanzi.{tenant_id}.{service}.>" for service in SOURCES]
