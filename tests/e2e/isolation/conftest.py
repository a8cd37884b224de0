"""Two tenants: A reaches for what belongs to B, by every door; nothing is seen and nothing moves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from chassis.provision import SCHEMAS

from ...harness.brand import Brand, registered_brand
from ...harness.whole_platform import Platform
from .two import Two, belongings

# Without what moves by the clock alone, and what counts a brand's own reads.
KEPT_TABLES = """
select table_schema, table_name from information_schema.columns
where column_name = 'tenant_id' and table_schema = any(%s)
  and table_name not in ('outbox', 'inbox', 'timers', 'idempotency_keys')
  and table_name not in ('opinion_watches', 'opinion_baselines', 'data_reads')
"""
FINGERPRINT = SQL(
    "select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {}.{} t where tenant_id = %s"
)


@pytest.fixture(scope="module")
async def two(running_platform: Platform) -> AsyncIterator[Two]:
    await running_platform.run(*running_platform.dead())
    async with registered_brand(running_platform, "a") as a, registered_brand(running_platform, "b") as b:
        theirs = await belongings(b)
        await a.group("wr-own")
        before = _fingerprint(b)
        yield Two(a, b, await a.partner("our tool"), theirs)
        assert _fingerprint(b) == before, "something of B changed"


def _fingerprint(brand: Brand) -> dict[str, object]:
    """Of all rows of a tenant, by table."""
    with psycopg.connect(brand.platform.admin_url) as connection:
        tables = connection.execute(KEPT_TABLES, [list(SCHEMAS)]).fetchall()
        assert len(tables) > len(SCHEMAS)
        return {
            f"{schema}.{table}": connection.execute(
                FINGERPRINT.format(Identifier(schema), Identifier(table)), [brand.tenant_id]
            ).fetchone()
            for schema, table in tables
        }
