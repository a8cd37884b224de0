"""Registering the groups that a file names."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from quanzi_local.gateway_client import GatewayRefused, graphql
from quanzi_local.intake.run import PrepareGroups
from quanzi_local.intake.upload import UploadRefused

REGISTER = """
mutation Register($input: GroupRegisterInput!) {
  groupRegister(input: $input) { group { id } userErrors { field message code } }
}
"""
NAME_LENGTH = 100


def registering(client: httpx.AsyncClient) -> PrepareGroups:
    """Registers each group under its reference; one that is known stays as it is."""

    async def prepare(references: Sequence[str]) -> None:
        for reference in references:
            try:
                await register_group(client, reference, reference[:NAME_LENGTH])
            except (GatewayRefused, httpx.HTTPError) as error:
                raise UploadRefused(f"group {reference!r} could not be registered: {error}") from error

    return prepare


async def register_group(client: httpx.AsyncClient, reference: str, name: str) -> str:
    """The global id of the group. Raises GatewayRefused."""
    data = await graphql(client, REGISTER, {"input": {"externalReference": reference, "name": name}})
    payload = data["groupRegister"]
    if errors := payload["userErrors"]:
        raise GatewayRefused("; ".join(error["message"] for error in errors))
    return str(payload["group"]["id"])
