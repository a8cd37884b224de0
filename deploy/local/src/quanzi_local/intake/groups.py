"""Registering the groups that a file names."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from quanzi_local.gateway_client import GatewayRefused, graphql
from quanzi_local.intake.run import PrepareGroups
from quanzi_local.intake.upload import UploadRefused

KNOWN = "query Known($reference: String!) { groupByReference(externalReference: $reference) { id } }"
REGISTER = """
mutation Register($input: GroupRegisterInput!) {
  groupRegister(input: $input) { group { id } userErrors { field message code } }
}
"""
NAME_LENGTH = 100


def registering(client: httpx.AsyncClient) -> PrepareGroups:
    """Registers each group that is not known yet, its reference as its name."""

    async def prepare(references: Sequence[str]) -> None:
        for reference in references:
            try:
                if not await is_known(client, reference):
                    await register_group(client, reference, reference[:NAME_LENGTH])
            except (GatewayRefused, httpx.HTTPError) as error:
                raise UploadRefused(f"group {reference!r} could not be registered: {error}") from error

    return prepare


async def is_known(client: httpx.AsyncClient, reference: str) -> bool:
    data = await graphql(client, KNOWN, {"reference": reference})
    return data["groupByReference"] is not None


async def register_group(client: httpx.AsyncClient, reference: str, name: str) -> None:
    """Register the group, or rename the one of this reference. Raises GatewayRefused."""
    data = await graphql(client, REGISTER, {"input": {"externalReference": reference, "name": name}})
    if errors := data["groupRegister"]["userErrors"]:
        raise GatewayRefused(errors)
