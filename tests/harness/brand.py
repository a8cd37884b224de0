"""A tenant with its people, each with the doors that their role opens."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.testbed.waiting import until
from quanzi_local.identity import tenant_id

from .front_end import FrontEnd
from .partner_tool import NATS_FIELDS, PartnerTool
from .whole_platform import Platform


@dataclass(frozen=True, slots=True)
class Brand:
    platform: Platform
    slug: str
    admin: FrontEnd
    _open: AsyncExitStack = field(repr=False)

    @property
    def tenant_id(self) -> UUID:
        return tenant_id(self.slug)

    async def colleague(self, role: str) -> FrontEnd:
        token = self.platform.token(self.slug, role, subject=f"{role}-1")
        return await self._open.enter_async_context(FrontEnd(self.platform.url, token))

    async def partner(self, name: str) -> PartnerTool:
        access = await self.admin.do("partnerRegister", NATS_FIELDS, name=name)
        front_end = await self._open.enter_async_context(FrontEnd(self.platform.url, access["apiKey"]))
        return PartnerTool(access, front_end, self.platform.nats.url)

    async def group(self, reference: str) -> str:
        """The global id of a group that is registered now, once the tenant is known where groups are kept."""

        async def register() -> dict[str, Any]:
            group = {"externalReference": reference, "name": reference}
            return await self.admin.mutate("groupRegister", "group { id }", **group)

        payload = await until(register, lambda it: not it["userErrors"], f"the group {reference}")
        return str(payload["group"]["id"])


@asynccontextmanager
async def registered_brand(
    platform: Platform, name: str = "brand", time_zone: str = "Asia/Shanghai"
) -> AsyncIterator[Brand]:
    """A new tenant; all services may not have heard of it yet."""
    slug = f"{name}-{secrets.token_hex(4)}"
    async with AsyncExitStack() as opened:
        token = platform.token(slug, "admin", subject="admin-1", platform=True)
        admin = await opened.enter_async_context(FrontEnd(platform.url, token))
        await admin.do(
            "tenantRegister", "tenant { id }", slug=slug, name=name, timeZone=time_zone, currency="CNY"
        )
        yield Brand(platform, slug, admin, opened)


def midday_zone(now: datetime | None = None) -> str:
    """A zone where it is past noon and before one: within service hours, outside quiet ones."""
    offset = 12 - (now or datetime.now(UTC)).hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


def row(kind: str, source_id: str, member: str, occurred_at: datetime, **values: Any) -> dict[str, Any]:
    """An activity as the bulk door takes it."""
    return {
        "kind": kind,
        "source": "wecom",
        "source_id": source_id,
        "member": member,
        "occurred_at": occurred_at.isoformat(),
        **values,
    }
