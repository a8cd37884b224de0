"""The gateway's public doors, as a developer of this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx

from quanzi_local.home import Home
from quanzi_local.identity import development_token

DEFAULT_PORT = 8000
ANSWER_SECONDS = 60.0


class GatewayRefused(Exception):
    """The gateway answered a GraphQL document with errors; `codes` are theirs."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("; ".join(str(error["message"]) for error in errors))
        self.codes = {error.get("extensions", error).get("code") for error in errors}


def gateway_url(home: Home) -> str:
    """Where the running platform says it is, else where it is by default."""
    port = os.environ.get("QUANZI_HTTP_PORT", DEFAULT_PORT)
    return str(home.running().get("gateway") or f"http://127.0.0.1:{port}")


def connect(url: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=ANSWER_SECONDS, trust_env=False
    )


def as_developer(home: Home, tenant: str, *roles: str, platform: bool = False) -> str:
    """A token for the verbs themselves; long enough for the longest import."""
    return development_token(home, tenant, roles, "quanzi-cli", timedelta(hours=12), platform=platform)


async def graphql(client: httpx.AsyncClient, document: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The data of the answer. Raises GatewayRefused, and httpx.HTTPError on transport errors."""
    response = await client.post("/graphql", json={"query": document, "variables": variables})
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        response.raise_for_status()
    answer: dict[str, Any] = response.json()
    if errors := answer.get("errors"):
        raise GatewayRefused(errors)
    data: dict[str, Any] = answer["data"]
    return data
