"""Webhook deliveries in PostgreSQL: one row for an endpoint and an event, however often it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from gateway.errors import PublicError
from gateway.tables import webhook_deliveries as deliveries
from gateway.tables import webhook_endpoints as endpoints
from gateway.webhooks.attempt import Answer
from gateway.webhooks.endpoint import Endpoint
from gateway.webhooks.endpoint_store import endpoint_of


class DeliveryStatus(StrEnum):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Event:
    """What is recorded of an event; `body` is the CloudEvent as structured JSON."""

    id: str
    type: str
    occurred_at: datetime
    group_ids: Sequence[str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    id: UUID
    endpoint_id: UUID
    event_id: str
    event_type: str
    occurred_at: datetime
    body: bytes
    status: DeliveryStatus
    queued_at: datetime
    due_at: datetime
    attempts: int
    attempted_at: datetime | None
    response_code: int | None
    response_text: str | None
    error: str | None
    duration_ms: int | None


_RECORD = text("""
    insert into webhook_deliveries
        (tenant_id, id, endpoint_id, event_id, event_type, occurred_at, body, status, queued_at, due_at)
    select endpoint.tenant_id, md5(endpoint.id::text || event.id)::uuid, endpoint.id,
           event.id, event.type, event.occurred_at, event.body, 'PENDING', :now, :now
    from unnest(cast(:ids as text[]), cast(:types as text[]), cast(:occurred as timestamptz[]),
                cast(:groups as text[]), cast(:bodies as bytea[]))
         as event (id, type, occurred_at, groups, body)
    join webhook_endpoints as endpoint
      on event.occurred_at >= endpoint.created_at
     and (endpoint.event_types = '{}' or event.type = any(endpoint.event_types))
     and (endpoint.group_ids = '{}'
          or endpoint.group_ids && cast(string_to_array(event.groups, ',') as uuid[]))
    on conflict (tenant_id, id) do nothing
""")
# A lease is a due_at in the future: a replica that dies gives its deliveries back by doing nothing.
_LEASE = text("""
    with due as (
        select delivery.tenant_id, delivery.id
        from (
            select tenant_id, id from webhook_endpoints
            where status = 'ACTIVE' and (resume_at is null or resume_at <= :now)
            order by random()
        ) as endpoint
        left join unnest(cast(:busy as uuid[]), cast(:sending as integer[])) as busy (id, sending)
          on busy.id = endpoint.id
        cross join lateral (
            select tenant_id, id from webhook_deliveries
            where tenant_id = endpoint.tenant_id and endpoint_id = endpoint.id
              and status = 'PENDING' and due_at <= :now
            order by due_at
            limit greatest(:each - coalesce(busy.sending, 0), 0)
            for update skip locked
        ) as delivery
        limit :most
    )
    update webhook_deliveries set due_at = :until
    from due where (webhook_deliveries.tenant_id, webhook_deliveries.id) = (due.tenant_id, due.id)
    returning webhook_deliveries.tenant_id, webhook_deliveries.id
""")
_FORGET = text("delete from webhook_deliveries where queued_at < :before")


async def record(session: Session, events: Sequence[Event], now: datetime) -> int:
    """For every endpoint of the tenant that listens; returns how many rows are new."""
    result = await session.connection.execute(
        _RECORD,
        {
            "now": now,
            "ids": [event.id for event in events],
            "types": [event.type for event in events],
            "occurred": [event.occurred_at for event in events],
            "groups": [",".join(event.group_ids) for event in events],
            "bodies": [event.body for event in events],
        },
    )
    return result.rowcount


async def lease(
    relay: AsyncConnection, busy: Mapping[UUID, int], each: int, most: int, now: datetime, until: datetime
) -> Sequence[tuple[UUID, UUID]]:
    """(tenant, delivery) of up to `most` that are due, with `busy` no more than `each` for an endpoint."""
    rows = await relay.execute(
        _LEASE,
        {
            "busy": list(busy),
            "sending": list(busy.values()),
            "each": each,
            "most": most,
            "now": now,
            "until": until,
        },
    )
    return [(row.tenant_id, row.id) for row in rows]


async def leased(session: Session, ids: Sequence[UUID]) -> Sequence[tuple[Delivery, Endpoint]]:
    columns = [column.label(f"d_{column.name}") for column in deliveries.c]
    statement = (
        select(endpoints, *columns)
        .join(deliveries, deliveries.c.endpoint_id == endpoints.c.id)
        .where(deliveries.c.id.in_(ids))
    )
    return [(_delivery(row, "d_"), endpoint_of(row)) for row in await session.connection.execute(statement)]


async def settle(
    session: Session,
    delivery: Delivery,
    leased_until: datetime,
    answer: Answer,
    attempts: int,
    next_at: datetime | None,
    now: datetime,
) -> bool:
    """Keeps the answer; False when the lease was lost to somebody else meanwhile."""
    ended = DeliveryStatus.DELIVERED if answer.accepted else DeliveryStatus.FAILED
    mine = (
        (deliveries.c.id == delivery.id)
        & (deliveries.c.status == DeliveryStatus.PENDING)
        & (deliveries.c.due_at == leased_until)
    )
    result = await session.connection.execute(
        update(deliveries)
        .where(mine)
        .values(
            status=DeliveryStatus.PENDING if next_at else ended,
            due_at=next_at or now,
            attempts=attempts,
            attempted_at=now,
            response_code=answer.code,
            response_text=answer.text,
            error=answer.error,
            duration_ms=answer.duration_ms,
        )
    )
    return result.rowcount > 0


async def replay_one(session: Session, delivery_id: UUID, partner_id: UUID | None, now: datetime) -> Delivery:
    """Due at once, with all its attempts before it. Raises PublicError NOT_FOUND."""
    statement = update(deliveries).where(deliveries.c.id == delivery_id)
    if partner_id:
        mine = select(endpoints.c.id).where(endpoints.c.partner_id == partner_id)
        statement = statement.where(deliveries.c.endpoint_id.in_(mine))
    renewed = statement.values(_renewed(now)).returning(deliveries)
    row = (await session.connection.execute(renewed)).one_or_none()
    if row is None:
        raise PublicError("NOT_FOUND", "there is no such delivery", field="delivery")
    return _delivery(row)


async def replay_since(session: Session, endpoint_id: UUID, since: datetime, now: datetime) -> int:
    """Everything of the endpoint that occurred since then; returns how many."""
    result = await session.connection.execute(
        update(deliveries)
        .where(deliveries.c.endpoint_id == endpoint_id, deliveries.c.occurred_at >= since)
        .values(_renewed(now))
    )
    return result.rowcount


async def page(
    session: Session,
    request: PageRequest,
    *,
    partner_id: UUID | None,
    endpoint_id: UUID | None,
    status: DeliveryStatus | None,
) -> Page[Delivery]:
    """The latest event first."""
    statement = select(deliveries)
    if partner_id:
        mine = select(endpoints.c.id).where(endpoints.c.partner_id == partner_id)
        statement = statement.where(deliveries.c.endpoint_id.in_(mine))
    if endpoint_id:
        statement = statement.where(deliveries.c.endpoint_id == endpoint_id)
    if status:
        statement = statement.where(deliveries.c.status == status)
    order = (deliveries.c.occurred_at, deliveries.c.id)
    return await fetch_page(session.connection, statement, order, request, _delivery, descending=True)


async def by_ids(session: Session, ids: Sequence[UUID], partner_id: UUID | None) -> Sequence[Delivery]:
    """To endpoints of that partner, or of any."""
    statement = select(deliveries).where(deliveries.c.id.in_(ids))
    if partner_id:
        mine = select(endpoints.c.id).where(endpoints.c.partner_id == partner_id)
        statement = statement.where(deliveries.c.endpoint_id.in_(mine))
    return [_delivery(row) for row in await session.connection.execute(statement)]


async def forget(relay: AsyncConnection, before: datetime) -> int:
    """Of all tenants, what was queued before that instant."""
    return (await relay.execute(_FORGET, {"before": before})).rowcount


def _renewed(now: datetime) -> dict[str, Any]:
    return {"status": DeliveryStatus.PENDING, "queued_at": now, "due_at": now, "attempts": 0}


def _delivery(row: Row[Any], prefix: str = "") -> Delivery:
    fields = {name: getattr(row, prefix + name) for name in Delivery.__dataclass_fields__}
    return Delivery(**fields | {"status": DeliveryStatus(fields["status"])})
