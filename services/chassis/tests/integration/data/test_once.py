"""Idempotency keys, inbox, tenants' profiles: each raced or repeated as it will be."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.idempotency import (
    IdempotencyConflict,
    IdempotencyKeyMissing,
    IdempotencyKeyTooLong,
    answer_once,
)
from chassis.ids import new_id
from chassis.tenancy import TenantProfile, UnknownTenant
from quanzi.tenancy.v1.events_pb2 import TenantRegistered

from .conftest import Request


async def note_once(database: Database, tenant: UUID, request: Request) -> TenantRegistered:
    """A call with one effect, a note, and an answer that would differ each time it is computed."""
    async with database.session(tenant) as session:

        async def compute() -> TenantRegistered:
            note = new_id()
            await session.connection.execute(
                text("insert into notes (tenant_id, id, text) values (:tenant_id, :id, '')"),
                {"tenant_id": tenant, "id": note},
            )
            await asyncio.sleep(0.05)
            if request.name == "refused":
                raise ValueError("refused")
            return TenantRegistered(tenant_id=str(note))

        return await answer_once(session.idempotency, "note", request, TenantRegistered, compute)


async def notes(database: Database, tenant: UUID) -> int:
    async with database.session(tenant) as session:
        return len((await session.connection.execute(text("select id from notes"))).all())


async def test_twenty_at_once_with_one_key_have_one_effect(database: Database, tenant: UUID) -> None:
    answers = await asyncio.gather(*(note_once(database, tenant, Request("k")) for _ in range(20)))
    assert len({answer.tenant_id for answer in answers}) == 1
    assert await notes(database, tenant) == 1


async def test_another_body_under_the_same_key_is_refused(database: Database, tenant: UUID) -> None:
    await note_once(database, tenant, Request("k", "one"))
    with pytest.raises(IdempotencyConflict) as refusal:
        await note_once(database, tenant, Request("k", "two"))
    assert refusal.value.field == "idempotency_key"
    await note_once(database, new_id(), Request("k", "two"))  # keys of tenants do not meet


async def test_a_refusal_leaves_the_key_free(database: Database, tenant: UUID) -> None:
    with pytest.raises(ValueError, match="refused"):
        await note_once(database, tenant, Request("k", "refused"))
    await note_once(database, tenant, Request("k", "another body"))
    assert await notes(database, tenant) == 1


async def test_a_key_is_required_and_bounded(database: Database, tenant: UUID) -> None:
    with pytest.raises(IdempotencyKeyMissing):
        await note_once(database, tenant, Request(""))
    with pytest.raises(IdempotencyKeyTooLong):
        await note_once(database, tenant, Request("k" * 129))


async def test_racing_consumers_claim_each_message_once(database: Database, tenant: UUID) -> None:
    ids = [str(number) for number in range(200)]

    async def claim(order: list[str]) -> set[str]:
        async with database.session(tenant) as session:
            fresh = await session.inbox.claim("counter", order)
            await asyncio.sleep(0.02)
            return fresh

    claims = await asyncio.gather(
        *(claim(ids[start:] + ids[:start] + ids[:5]) for start in range(0, 200, 25))
    )
    assert sorted(one for fresh in claims for one in fresh) == sorted(ids)
    async with database.session(tenant) as session:
        assert await session.inbox.claim("another", ["1", "2"]) == {"1", "2"}
        assert await session.inbox.claim("another", []) == set()


async def test_a_rolled_back_claim_is_free_again(database: Database, tenant: UUID) -> None:
    async def claim_and_fail() -> None:
        async with database.session(tenant) as session:
            await session.inbox.claim("counter", ["1"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await claim_and_fail()
    async with database.session(tenant) as session:
        assert await session.inbox.claim("counter", ["1"]) == {"1"}


async def test_profiles(database: Database, tenant: UUID) -> None:
    async with database.session(tenant) as session:
        with pytest.raises(UnknownTenant):
            await session.tenants.profile()
    for name in ("茶铺", "茶铺 2"):
        profile = TenantProfile(tenant, "tea", name, "Asia/Shanghai", "CNY")
        async with database.session(tenant) as session:
            await session.tenants.save(profile)
    async with database.session(tenant) as session:
        assert await session.tenants.profile() == profile
