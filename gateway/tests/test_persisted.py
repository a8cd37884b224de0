"""Documents that clients name by their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.gateway import Gateway

from .conftest import Door, Keys
from .fakes import FakeServices
from .test_members import serve

QUERY = "query Members($first: Int!) { members(first: $first) { nodes { id } } }"
HASH = hashlib.sha256(QUERY.encode()).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "members.graphql").write_text(QUERY, encoding="utf-8")
    return tmp_path


async def by_hash(door: Door, sha256: str) -> dict[str, object]:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256}}
    response = await door.http.post("/graphql", json={"variables": {"first": 2}, "extensions": extensions})
    answer: dict[str, object] = response.json()
    return answer


async def test_a_stored_document_is_found_by_its_hash(
    make_gateway: Callable[..., Gateway], keys: Keys, services: FakeServices, folder: Path
) -> None:
    serve(services)
    door = Door(make_gateway(persisted_documents=folder), keys.token())
    assert len((await by_hash(door, HASH))["data"]["members"]["nodes"]) == 2  # type: ignore[index]
    missing = await by_hash(door, "0" * 64)
    assert missing["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"  # type: ignore[index]
    assert "errors" not in await door.ask("{ members { totalCount } }")


async def test_front_ends_can_be_held_to_stored_documents(
    make_gateway: Callable[..., Gateway], keys: Keys, services: FakeServices, folder: Path
) -> None:
    serve(services)
    gateway = make_gateway(persisted_documents=folder, persisted_documents_only=True)
    door = Door(gateway, keys.token())
    assert "errors" not in await by_hash(door, HASH)
    assert "errors" not in await door.ask(QUERY, first=1)
    refused = await door.ask("{ members { totalCount } }")
    assert refused["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_ONLY"
