"""Webhook endpoints in PostgreSQL. Functions run in the transaction of the session they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, text, update

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from gateway.errors import PublicError
from gateway.tables import webhook_endpoints as endpoints
from gateway.webhooks.endpoint import Endpoint, EndpointStatus

PAUSED_AFTER_FAILURES = 20
PAUSED_AFTER = timedelta(hours=1)
"""Failures in a row, and for how long at least, until an endpoint is paused."""

_FAILED = text("""
    update webhook_endpoints
    set failures = failures + 1,
        failing_since = coalesce(failing_since, :now),
        status = case when hopeless then 'PAUSED' else status end,
        status_reason = case when hopeless
            then 'paused after ' || failures + 1 || ' failures in a row, the last: ' || :reason
            else status_reason end
    from (
        select id, status = 'ACTIVE' and failures + 1 >= :most and failing_since <= :before as hopeless
        from webhook_endpoints where id = :id for update
    ) as judged
    where webhook_endpoints.id = judged.id
    returning status, hopeless
""")


async def add(session: Session, endpoint: Endpoint) -> None:
    await session.connection.execute(insert(endpoints).values(asdict(endpoint)))


async def save(session: Session, endpoint: Endpoint) -> None:
    await session.connection.execute(
        update(endpoints).where(endpoints.c.id == endpoint.id).values(asdict(endpoint))
    )


async def remove(session: Session, endpoint_id: UUID) -> None:
    """With its deliveries."""
    await session.connection.execute(delete(endpoints).where(endpoints.c.id == endpoint_id))


async def get(session: Session, endpoint_id: UUID, partner_id: UUID | None) -> Endpoint:
    """Locked until the transaction ends; of that partner, or of any. Raises PublicError NOT_FOUND."""
    statement = select(endpoints).where(endpoints.c.id == endpoint_id).with_for_update()
    if partner_id:
        statement = statement.where(endpoints.c.partner_id == partner_id)
    row = (await session.connection.execute(statement)).one_or_none()
    if row is None:
        raise PublicError("NOT_FOUND", "there is no such webhook endpoint", field="endpoint")
    return endpoint_of(row)


async def by_ids(session: Session, ids: Sequence[UUID], partner_id: UUID | None) -> Sequence[Endpoint]:
    """Of that partner, or of any."""
    statement = select(endpoints).where(endpoints.c.id.in_(ids))
    if partner_id:
        statement = statement.where(endpoints.c.partner_id == partner_id)
    return [endpoint_of(row) for row in await session.connection.execute(statement)]


async def count(session: Session, partner_id: UUID) -> int:
    statement = select(func.count()).where(endpoints.c.partner_id == partner_id)
    return (await session.connection.execute(statement)).scalar_one()


async def page(session: Session, partner_id: UUID | None, request: PageRequest) -> Page[Endpoint]:
    """In the order they were made."""
    statement = select(endpoints)
    if partner_id:
        statement = statement.where(endpoints.c.partner_id == partner_id)
    order = (endpoints.c.created_at, endpoints.c.id)
    return await fetch_page(session.connection, statement, order, request, endpoint_of)


async def disable_of_partner(session: Session, partner_id: UUID, reason: str) -> None:
    await session.connection.execute(
        update(endpoints)
        .where(endpoints.c.partner_id == partner_id)
        .values(status=EndpointStatus.DISABLED, status_reason=reason)
    )


async def succeeded(session: Session, endpoint_id: UUID) -> None:
    await session.connection.execute(
        update(endpoints)
        .where(endpoints.c.id == endpoint_id)
        .where((endpoints.c.failures > 0) | endpoints.c.resume_at.is_not(None))
        .values(failures=0, failing_since=None, resume_at=None)
    )


async def failed(session: Session, endpoint_id: UUID, reason: str, now: datetime) -> bool:
    """Counts a failure; whether the endpoint was paused for it."""
    row = (
        await session.connection.execute(
            _FAILED,
            {
                "id": endpoint_id,
                "reason": reason,
                "now": now,
                "most": PAUSED_AFTER_FAILURES,
                "before": now - PAUSED_AFTER,
            },
        )
    ).one_or_none()
    return row is not None and bool(row.hopeless)


async def put_off(session: Session, endpoint_id: UUID, until: datetime) -> None:
    """Nothing is sent there before; the later of two instants holds."""
    await session.connection.execute(
        update(endpoints)
        .where(endpoints.c.id == endpoint_id)
        .values(resume_at=func.greatest(endpoints.c.resume_at, until))
    )


async def gone(session: Session, endpoint_id: UUID) -> None:
    await session.connection.execute(
        update(endpoints)
        .where(endpoints.c.id == endpoint_id)
        .values(status=EndpointStatus.DISABLED, status_reason="it answered 410 Gone")
    )


def endpoint_of(row: Row[Any]) -> Endpoint:
    fields = {name: getattr(row, name) for name in Endpoint.__dataclass_fields__}
    return Endpoint(**fields | {"status": EndpointStatus(row.status)})
