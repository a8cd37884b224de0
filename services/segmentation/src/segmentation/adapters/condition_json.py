"""Conditions as the JSON documents that are stored: one key per node, named as in the contract."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from segmentation.domain.activity import ActivityKind
from segmentation.domain.conditions import (
    ActivitiesTest,
    AllOf,
    AnyOf,
    Condition,
    ConsentTest,
    GroupTest,
    IntRange,
    Not,
    OrderMeasure,
    OrdersTest,
    ProfileField,
    ProfileTest,
    RfmDimension,
    RfmTest,
    SeenTest,
    Sight,
    TagTest,
    TextMatch,
    TierTest,
)
from segmentation.domain.consents import ConsentState
from segmentation.domain.policy import Tier

_NAMES = {
    ProfileTest: "profile",
    TagTest: "tag",
    ConsentTest: "consent",
    TierTest: "tier",
    RfmTest: "rfm",
    OrdersTest: "orders",
    ActivitiesTest: "activities",
    GroupTest: "group",
    SeenTest: "seen",
}


def write_condition(condition: Condition) -> str:
    return orjson.dumps(_plain(condition)).decode()


def read_condition(document: str) -> Condition:
    return _read(orjson.loads(document))


def _plain(condition: Condition) -> dict[str, Any]:
    match condition:
        case AllOf(conditions):
            return {"all": [_plain(it) for it in conditions]}
        case AnyOf(conditions):
            return {"any": [_plain(it) for it in conditions]}
        case Not(negated):
            return {"not": _plain(negated)}
        case test:
            return {_NAMES[type(test)]: asdict(test)}


def _read(node: Mapping[str, Any]) -> Condition:
    [(name, value)] = node.items()
    return _READERS[name](value)


_READERS: Mapping[str, Callable[[Any], Condition]] = {
    "all": lambda nodes: AllOf(tuple(map(_read, nodes))),
    "any": lambda nodes: AnyOf(tuple(map(_read, nodes))),
    "not": lambda node: Not(_read(node)),
    "profile": lambda it: ProfileTest(ProfileField(it["field"]), TextMatch(it["match"]), it["text"]),
    "tag": lambda it: TagTest(it["name"]),
    "consent": lambda it: ConsentTest(it["purpose"], ConsentState(it["state"])),
    "tier": lambda it: TierTest(tuple(map(Tier, it["tiers"]))),
    "rfm": lambda it: RfmTest(RfmDimension(it["dimension"]), IntRange(**it["score"])),
    "orders": lambda it: OrdersTest(OrderMeasure(it["measure"]), it["within_days"], IntRange(**it["value"])),
    "activities": lambda it: ActivitiesTest(
        tuple(map(ActivityKind, it["kinds"])),
        it["within_days"],
        UUID(it["group_id"]) if it["group_id"] else None,
        IntRange(**it["count"]),
    ),
    "group": lambda it: GroupTest(tuple(map(UUID, it["group_ids"]))),
    "seen": lambda it: SeenTest(Sight(it["sight"]), IntRange(**it["days_ago"])),
}
