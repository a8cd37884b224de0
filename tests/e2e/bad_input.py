"""Input that must be refused, where it is given, and what to do about it. The guide is made of this table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.ids import new_id

from .misuse import (
    Answer,
    Send,
    bulk,
    expired,
    graphql,
    graphql_body,
    mutation,
    one_row,
    replayed_key,
    with_token,
    with_too_little_a_role,
    without_deadline,
    without_token,
)

NOBODY = f"gid://quanzi/Group/{new_id()}"
TEN_MEGABYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class BadInput:
    what: str
    door: str
    answer: Answer
    then: str
    send: Send


PLAN: Mapping[str, Any] = {"startDate": "2098-01-01", "days": 7, "postsPerDay": 1}
REFUND = {"reference": "o-1", "amount_minor": -1, "currency": "CNY"}
FIFTY_LEVELS = "query { violations { nodes " + "{ tasks { violation " * 24 + "{ id }" + " } }" * 24 + " } }"
FORTY_ALIASES = "query { " + " ".join(f"a{n}: groups {{ nodes {{ id }} }}" for n in range(40)) + " }"
FIX_JSON = "Send valid JSON; the message says where it broke."
FIX_FIELD = "Correct the field; the message says what fits."

GRAPHQL, BULK, RPC = "`POST /graphql`", "`POST /v1/activities`", "gRPC"
BAD_INPUT = (
    BadInput(
        "Malformed JSON", GRAPHQL, Answer("400", "MALFORMED_JSON"), FIX_JSON, graphql_body(b'{"query": ')
    ),
    BadInput("Malformed JSON in a line", BULK, Answer("200", "MALFORMED_JSON"), FIX_JSON, bulk(b'{"kind": ')),
    BadInput(
        "Wrong enum value",
        GRAPHQL,
        Answer("200", "GRAPHQL_VALIDATION_FAILED"),
        "Use a value of the schema.",
        graphql("query { members(tier: GOLD) { nodes { id } } }"),
    ),
    BadInput(
        "Wrong kind of activity", BULK, Answer("200", "INVALID_FIELD", "kind"), FIX_FIELD, one_row("sneezed")
    ),
    BadInput(
        "Unknown group",
        BULK,
        Answer("200", "UNKNOWN_GROUP", "group"),
        "Register the group (`groupRegister`) and send the row again.",
        one_row(group="wr-nowhere", text="?"),
    ),
    BadInput(
        "Unknown group",
        GRAPHQL,
        Answer("200", "NOT_FOUND", "groups"),
        "Use the id of a group of your tenant.",
        mutation("planGenerate", **PLAN, groups=[NOBODY]),
    ),
    BadInput(
        "NUL in a text",
        GRAPHQL,
        Answer("200", "INVALID"),
        "Take it out: it cannot be stored.",
        mutation("lexiconPutWords", words=[{"word": "a\0b", "verdict": "ALLOW"}]),
    ),
    BadInput(
        "Negative money",
        BULK,
        Answer("200", "INVALID_FIELD", "order.amount_minor"),
        "Amounts are whole minor units and never negative; a refund is positive too.",
        one_row("order_refunded", order=REFUND),
    ),
    BadInput(
        "Unknown field",
        BULK,
        Answer("200", "UNKNOWN_FIELD", "colour"),
        "Leave it out.",
        one_row(colour="red", text="?"),
    ),
    BadInput(
        "Unknown field",
        GRAPHQL,
        Answer("200", "GRAPHQL_VALIDATION_FAILED"),
        "Ask for fields of the schema.",
        graphql("query { groups { nodes { colour } } }"),
    ),
    BadInput(
        "Body of 10 MB",
        GRAPHQL,
        Answer("413", "BODY_TOO_LARGE"),
        "Send activities in bulk to `POST /v1/activities`.",
        graphql_body(b" " * TEN_MEGABYTES),
    ),
    BadInput(
        "Line of 10 MB",
        BULK,
        Answer("200", "LINE_TOO_LONG"),
        "One activity a line, at most 64 KiB.",
        bulk(b"x" * TEN_MEGABYTES),
    ),
    BadInput(
        "Query of 50 levels",
        GRAPHQL,
        Answer("200", "QUERY_TOO_DEEP"),
        "Ask for less at once.",
        graphql(FIFTY_LEVELS),
    ),
    BadInput(
        "Query with 40 aliases",
        GRAPHQL,
        Answer("200", "TOO_MANY_ALIASES"),
        "Use `nodes(ids:)`, or several requests.",
        graphql(FORTY_ALIASES),
    ),
    BadInput(
        "Expired token", GRAPHQL, Answer("401", "TOKEN_EXPIRED"), "Get a new token.", with_token(expired)
    ),
    BadInput(
        "Token nobody signed",
        GRAPHQL,
        Answer("401", "UNAUTHENTICATED"),
        "Sign in.",
        with_token(lambda _: "a.b.c"),
    ),
    BadInput(
        "No token", BULK, Answer("401", "UNAUTHENTICATED"), "Send `Authorization: Bearer …`.", without_token
    ),
    BadInput(
        "Role that may not",
        GRAPHQL,
        Answer("200", "FORBIDDEN"),
        "Ask an administrator for the role.",
        with_too_little_a_role,
    ),
    BadInput(
        "Idempotency key used again with another body",
        GRAPHQL,
        Answer("200", "IDEMPOTENCY_KEY_REUSED", "idempotencyKey"),
        "Take a new key for a new request; repeat a key only with the same body.",
        replayed_key,
    ),
    BadInput(
        "Call without a deadline",
        RPC,
        Answer("INVALID_ARGUMENT", "DEADLINE_REQUIRED"),
        "Set a deadline on every call.",
        without_deadline,
    ),
)


def as_table() -> str:
    """Markdown."""
    rows = [["input", "door", "status", "code", "field", "what to do"], ["---"] * 6]
    for one in BAD_INPUT:
        field = f"`{one.answer.field}`" if one.answer.field else ""
        rows.append([one.what, one.door, one.answer.status, f"`{one.answer.code}`", field, one.then])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
