"""Operations that are too deep, too wide, too long, too dear, too many; and what cannot be explored."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from graphql import OperationDefinitionNode, parse

from gateway.gateway import Gateway
from gateway.limits.buckets import Buckets, Rate
from gateway.limits.measure import Measure, measure
from gateway.schema import build_schema

from .conftest import Door, Keys
from .fakes import FakeServices
from .test_members import serve


def deep(levels: int) -> str:
    inner = "id"
    for _ in range(levels):
        inner = f"memberships {{ group {{ id }} invitedBy {{ {inner} }} }}"
    return f'{{ memberByReference(externalReference: "a") {{ {inner} }} }}'


def size(query: str, **variables: object) -> Measure:
    document = parse(query)
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return measure(build_schema()._schema, document, operation, variables)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (deep(25), "QUERY_TOO_DEEP"),
        ("{ " + " ".join(f"a{i}: groups {{ totalCount }}" for i in range(31)) + " }", "TOO_MANY_ALIASES"),
        ("{ " + " ".join("groups { totalCount }" for _ in range(600)) + " }", "TOO_MANY_TOKENS"),
        (
            "{ members(first: 100) { nodes { memberships { group { id } invitedBy { memberships "
            "{ invitedBy { memberships { joinedAt } } } } } } } }",
            "QUERY_TOO_EXPENSIVE",
        ),
        ("{ members { nodes { id } }", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ members(tier: GOLD) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_too_much_is_refused_before_anything_runs(
    door: Door, services: FakeServices, query: str, code: str
) -> None:
    answer = await door.ask(query)
    assert answer["data"] is None
    assert {error["extensions"]["code"] for error in answer["errors"]} == {code}
    assert services.calls.total() == 0


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("{ members(first: 50) { nodes { id tier { tier } tags { name } } } }", {}, 50 * (1 + 1 + 5) + 50),
        ("query ($n: Int!) { members(first: $n) { edges { node { id } } } }", {"n": 10}, 20),
        ("query ($n: Int = 7) { members(first: $n) { nodes { id } } }", {}, 14),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', {}, 3),
        ("{ groups { totalCount pageInfo { hasNextPage } } }", {}, 20),
        ('mutation { memberTag(input: {member: "a"}) { member { id } } }', {}, 12),
    ],
)
def test_cost_is_known_from_the_document_alone(query: str, variables: dict[str, object], cost: int) -> None:
    assert size(query, **variables).cost == cost


def test_fragments_of_fragments_are_measured_at_once() -> None:
    fragments = "".join(f"fragment f{i} on Member {{ ...f{i + 1} ...f{i + 1} }} " for i in range(60))
    query = f"{{ members {{ nodes {{ ...f0 }} }} }} {fragments} fragment f60 on Member {{ tier {{ tier }} }}"
    assert size(query).cost > 2**60


def test_buckets_leak_and_take_from_all_or_none() -> None:
    buckets = Buckets()
    client, tenant = Rate(100, 10), Rate(150, 10)
    assert buckets.take(100, ("a", client), ("t", tenant), now=0) == (True, 0)
    assert buckets.take(60, ("b", client), ("t", tenant), now=0) == (False, 50)
    assert buckets.take(50, ("b", client), ("t", tenant), now=0) == (True, 0)
    assert buckets.take(10, ("a", client), ("t", tenant), now=1) == (True, 0)
    assert buckets.take(1, ("a", client), now=100) == (True, 99)


async def test_the_budget_is_told_and_held(
    make_gateway: Callable[..., Gateway], keys: Keys, services: FakeServices
) -> None:
    serve(services)
    door = Door(make_gateway(cost_capacity=50, cost_refill=0.001), keys.token())
    query = "{ members { nodes { id } } }"
    first = await door.ask(query)
    assert first["extensions"]["cost"] == {"requested": 40, "limit": 50, "remaining": 10}
    second = await door.ask(query)
    assert second["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert second["extensions"]["cost"]["remaining"] == 10
    assert services.calls["ListMembers"] == 1
    other = await door.ask(query, token=keys.token(sub="bob"))
    assert "errors" not in other


async def test_exploring_is_for_administrators_and_development(
    make_gateway: Callable[..., Gateway], door: Door, keys: Keys
) -> None:
    introspection = "{ __schema { queryType { name } } }"
    typo = "{ member { nodes { id } } }"
    operator = keys.token("operator")
    closed = await door.ask(introspection, token=operator)
    assert closed["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "Did you mean" not in str(await door.ask(typo, token=operator))
    assert "Did you mean" in str(await door.ask(typo))
    assert (await door.ask(introspection))["data"]["__schema"]
    open_door = Door(make_gateway(gateway_development=True), operator)
    del open_door.http.headers["authorization"]
    assert (await open_door.ask(introspection))["data"]["__schema"]
    anonymous = await open_door.ask("{ members { totalCount } }")
    assert anonymous["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_bodies_and_methods(make_gateway: Callable[..., Gateway], door: Door, keys: Keys) -> None:
    async def outcome(**request: object) -> tuple[int, str]:
        response = await door.http.request(url="/graphql", **request)  # type: ignore[arg-type]
        return response.status_code, response.json()["errors"][0]["extensions"]["code"]

    as_json = {"content-type": "application/json"}
    assert await outcome(method="POST", content=b'{"query": "', headers=as_json) == (400, "MALFORMED_JSON")
    assert await outcome(method="POST", content=b"42", headers=as_json) == (400, "MALFORMED_JSON")
    assert await outcome(method="POST", content=b"[]", headers=as_json) == (400, "BAD_REQUEST")
    assert await outcome(method="POST", content=b"{}", headers=as_json) == (400, "BAD_REQUEST")
    assert await outcome(method="POST", content=b"query=x") == (400, "BAD_REQUEST")
    ten_megabytes = b'{"query": "' + b"x" * 10_000_000
    assert await outcome(method="POST", content=ten_megabytes, headers=as_json) == (413, "BODY_TOO_LARGE")
    mutation = {"query": 'mutation { memberTag(input: {member: "a"}) { member { id } } }'}
    assert await outcome(method="GET", params=mutation) == (405, "METHOD_NOT_ALLOWED")
    assert (await door.http.get("/graphql", headers={"accept": "text/html"})).status_code == 405
    open_door = Door(make_gateway(gateway_development=True), keys.token())
    page = await open_door.http.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "graphiql" in page.text.lower()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"\xff", "MALFORMED_JSON"),
        (b"\xed\xa0\x80", "MALFORMED_JSON"),
        (rb"\ud800", "MALFORMED_JSON"),
        (rb"\udfff\ud800", "MALFORMED_JSON"),
        (rb"\\ud800", "GRAPHQL_PARSE_FAILED"),
        (rb"\\u{110000}", "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_text_that_is_no_unicode_is_refused(
    door: Door, services: FakeServices, text: bytes, code: str
) -> None:
    body = rb'{"query": "{ textScreening(purpose: MESSAGE, texts: [\"%s\"]) { verdict } }"}' % text
    response = await door.http.post("/graphql", content=body, headers={"content-type": "application/json"})
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == code
    assert services.calls.total() == 0
