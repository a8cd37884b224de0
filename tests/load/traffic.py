"""Activities as a shop's community makes them: few groups and members make most of the noise."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import orjson

GROUP_CHAT = Path(__file__).parents[3] / "shared" / "data" / "groupchat" / "ubuntu_help.ndjson.gz"
ROWS_PER_REQUEST = 5_000
GROUPS, MEMBERS = 200, 8_000
DAYS = 7
_SKEW = 0.9
_KINDS = {
    "message": 600,
    "like": 120,
    "click": 90,
    "check_in": 70,
    "share": 40,
    "favorite": 30,
    "order_paid": 25,
    "ugc": 15,
    "answer": 5,
    "order_refunded": 3,
    "invite": 2,
}
_TALK = (
    "今天的活动几点开始呀",
    "收到啦，谢谢群主",
    "这款面膜敏感肌能用吗",
    "我上次买的已经收到了，质量不错",
    "哈哈哈哈",
    "有没有人一起拼单",
    "宝宝两岁能喝吗",
    "早上好",
    "这个价格比上个月便宜了不少",
    "打卡第三天",
    "昨天的直播回放在哪里看",
    "已下单，坐等发货",
    "退货流程是怎样的",
    "尺码偏大还是偏小",
)
_ADVERTS = ("加微信vx88990011领取兼职日结", "点击 http://t.cn/A6xyz 领红包")
_QUESTIONS = ("怎么申请退款", "订单什么时候发货", "优惠券用不了怎么办")


def group_references() -> list[str]:
    return [f"bench-group-{number}" for number in range(GROUPS)]


def synthetic(count: int, run: str, now: datetime) -> list[dict[str, Any]]:
    """`count` activities of the last DAYS days in order of time; every member joins before it acts.

    `run` sets the source ids apart from those of another run.
    """
    chance = random.Random(run)
    group_weights = _zipf(GROUPS)
    home = chance.choices(range(GROUPS), cum_weights=group_weights, k=MEMBERS)
    actors = chance.choices(range(MEMBERS), cum_weights=_zipf(MEMBERS), k=count)
    kinds = chance.choices(list(_KINDS), weights=list(_KINDS.values()), k=count)
    begun = now - timedelta(days=DAYS)
    step = timedelta(days=DAYS) / (count + 1)
    rows: list[dict[str, Any]] = []
    joined: set[int] = set()
    for number, (actor, kind) in enumerate(zip(actors, kinds, strict=True)):
        if actor not in joined:
            joined.add(actor)
            kind = "joined"
        row: dict[str, Any] = {
            "kind": kind,
            "source": f"bench-{run}",
            "source_id": str(number),
            "member": f"bench-member-{actor}",
            "group": f"bench-group-{home[actor]}",
            "occurred_at": (begun + number * step).isoformat(),
        }
        if kind == "joined":
            row["display_name"] = f"群友{actor}"
        elif kind in {"message", "ugc", "answer"}:
            row |= _words(chance)
        elif kind.startswith("order"):
            row["order"] = {
                "reference": f"o{number}",
                "amount_minor": chance.randrange(990, 59_900),
                "currency": "CNY",
            }
        rows.append(row)
    return rows


def _words(chance: random.Random) -> dict[str, Any]:
    luck = chance.random()
    if luck < 0.002:
        return {"text": chance.choice(_ADVERTS)}
    if luck < 0.005:
        return {"text": chance.choice(_QUESTIONS), "addressed_to_brand": True}
    return {"text": f"{chance.choice(_TALK)}{chance.randrange(1000)}"}


def _zipf(count: int) -> list[float]:
    return list(accumulate(1 / (rank + 1) ** _SKEW for rank in range(count)))


def group_chat() -> list[dict[str, Any]]:
    """All activities of the public help channel. Raises FileNotFoundError where the data is not."""
    with gzip.open(GROUP_CHAT, "rb") as lines:
        return [{"source": "bench-chat", **orjson.loads(line)} for line in lines]


def bodies(rows: list[dict[str, Any]]) -> list[bytes]:
    """NDJSON of ROWS_PER_REQUEST rows each."""
    lines = iter(rows)
    return [b"\n".join(map(orjson.dumps, chunk)) for chunk in _chunks(lines)]


def _chunks(lines: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(islice(lines, ROWS_PER_REQUEST)):
        yield chunk
