"""Partners and their keys in PostgreSQL. Functions run in the transaction of the session they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.database import Session
from chassis.paging import Page, PageRequest, fetch_page
from gateway.errors import PublicError
from gateway.partners.partner import Partner
from gateway.tables import api_keys, partners


async def add(session: Session, partner: Partner) -> None:
    """Raises PublicError CONFLICT if the name is taken."""
    statement = upsert(partners).values(asdict(partner)).on_conflict_do_nothing().returning(partners.c.id)
    if (await session.connection.execute(statement)).scalar() is None:
        raise PublicError("CONFLICT", f"a partner named {partner.name!r} is registered", field="name")


async def add_key(session: Session, partner_id: UUID, prefix: str, digest: bytes, now: datetime) -> None:
    await session.connection.execute(
        insert(api_keys).values(
            tenant_id=session.tenant_id, prefix=prefix, partner_id=partner_id, hash=digest, created_at=now
        )
    )


async def end_keys(session: Session, partner_id: UUID, at: datetime) -> None:
    """Those in use expire at this instant, or when they would have before it."""
    mine = (api_keys.c.partner_id == partner_id) & (
        api_keys.c.expires_at.is_(None) | (api_keys.c.expires_at > at)
    )
    await session.connection.execute(update(api_keys).where(mine).values(expires_at=at))


async def get(session: Session, partner_id: UUID, *, lock: bool = False) -> Partner:
    """Raises PublicError NOT_FOUND."""
    statement = select(partners).where(partners.c.id == partner_id)
    row = (await session.connection.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if row is None:
        raise PublicError("NOT_FOUND", "there is no such partner", field="partner")
    return _partner(row)


async def get_active(session: Session, partner_id: UUID) -> Partner:
    """Locked until the transaction ends. Raises PublicError NOT_FOUND, CONFLICT."""
    partner = await get(session, partner_id, lock=True)
    if partner.disabled_at:
        raise PublicError("CONFLICT", "the partner is disabled; register a new one", field="partner")
    return partner


async def by_ids(session: Session, ids: Sequence[UUID]) -> Sequence[Partner]:
    statement = select(partners).where(partners.c.id.in_(ids))
    return [_partner(row) for row in await session.connection.execute(statement)]


async def save(session: Session, partner: Partner) -> None:
    await session.connection.execute(
        update(partners)
        .where(partners.c.id == partner.id)
        .values(disabled_at=partner.disabled_at, events_from=partner.events_from)
    )


async def page(session: Session, request: PageRequest) -> Page[Partner]:
    """In the order they were registered."""
    order = (partners.c.registered_at, partners.c.id)
    return await fetch_page(session.connection, select(partners), order, request, _partner)


async def of_key(session: Session, prefix: str, now: datetime) -> tuple[Partner, bytes] | None:
    """The active partner of a key in use, and the digest to compare."""
    statement = (
        select(partners, api_keys.c.hash)
        .join(api_keys, api_keys.c.partner_id == partners.c.id)
        .where(api_keys.c.prefix == prefix, partners.c.disabled_at.is_(None))
        .where(api_keys.c.expires_at.is_(None) | (api_keys.c.expires_at > now))
    )
    row = (await session.connection.execute(statement)).one_or_none()
    return (_partner(row), row.hash) if row else None


def _partner(row: Row[Any]) -> Partner:
    return Partner(row.tenant_id, row.id, row.name, row.registered_at, row.disabled_at, row.events_from)
