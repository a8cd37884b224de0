"""The sample tenant, registered and fed through the public doors; what is there already stays as it is."""

from __future__ import annotations

import asyncio
import json
import time
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from quanzi_local.gateway_client import GatewayRefused, as_developer, connect, graphql
from quanzi_local.home import Home
from quanzi_local.identity import SAMPLE_TENANT
from quanzi_local.intake.groups import is_known, register_group
from quanzi_local.intake.rows import Row
from quanzi_local.intake.upload import UploadRefused, chunks, send

FOLDER = Path(__file__).parent
ARRIVAL_SECONDS = 30.0
REGISTER_TENANT = """
mutation Register($input: TenantRegisterInput!) {
  tenantRegister(input: $input) { tenant { id } userErrors { field message code } }
}
"""


class SampleRefused(Exception):
    """The gateway does not take the sample; the message says why."""


async def load_sample(home: Home, url: str) -> None:
    """Raises SampleRefused."""
    described = tomllib.loads((FOLDER / "sample.toml").read_text(encoding="utf-8"))
    async with connect(url, as_developer(home, SAMPLE_TENANT, "admin", platform=True)) as client:
        try:
            await _register_tenant(client, described["tenant"])
            for group in described["groups"]:
                await _register_group(client, group)
            await _send_activities(client)
        except (GatewayRefused, UploadRefused, httpx.HTTPError) as refusal:
            raise SampleRefused(str(refusal) or type(refusal).__name__) from refusal


async def _send_activities(client: httpx.AsyncClient) -> None:
    for chunk in chunks(_activities(datetime.now(UTC))):
        answer = await send(client, chunk)
        if answer.refused:
            raise SampleRefused(f"{answer.refused[0].message}: {answer.refused[0].text}")


async def _register_tenant(client: httpx.AsyncClient, tenant: Mapping[str, str]) -> None:
    try:
        await graphql(client, "{ tenant { id } }", {})
    except GatewayRefused as refusal:
        if refusal.codes != {"UNKNOWN_TENANT"}:
            raise
    else:
        return
    payload = (await graphql(client, REGISTER_TENANT, {"input": tenant}))["tenantRegister"]
    if payload["userErrors"]:
        raise GatewayRefused(payload["userErrors"])


async def _register_group(client: httpx.AsyncClient, group: Mapping[str, str]) -> None:
    """Waits until the services have heard of the tenant: they do by an event."""
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while True:
        try:
            if not await is_known(client, group["externalReference"]):
                await register_group(client, group["externalReference"], group["name"])
        except GatewayRefused as refusal:
            if refusal.codes != {"SERVICE_UNAVAILABLE"} or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)
        else:
            return


def _activities(now: datetime) -> Iterator[Row]:
    """The rows of the file; their times are told in days before now, so that a sample is never stale."""
    for number, line in enumerate((FOLDER / "activities.ndjson").read_text(encoding="utf-8").splitlines(), 1):
        row: dict[str, Any] = json.loads(line)
        occurred_at = now - timedelta(days=row.pop("days_ago"))
        yield Row(number, line, {"source": "sample", **row, "occurred_at": occurred_at.isoformat()})
