"""A history loaded from files comes to the same as one that was ingested."""

import csv
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pyarrow
import pyarrow.parquet
import pytest

from chassis.database import Database
from segmentation.application.load_history import settle_history
from segmentation.application.ports import Transactions
from segmentation.application.record_activities import record_activities
from segmentation.domain.activity import ActivityColumns
from segmentation.entrypoints.history_rows import FIELDS, RowReader
from segmentation.load_history import Chunk, Loading, load_file

from ..samples import NOW, Brand, days
from .test_recording import STATE, rows

NewBrand = Callable[[], Awaitable[Brand]]
KINDS = ("joined", "left", "message", "like", "click", "share", "invite", "order_paid", "order_refunded")
TABLES = (
    *STATE,
    """select kind, m.external_reference, occurred_at, source, amount_minor, order_reference, campaign_id,
           group_id is not null, a.invited_by_id is not null
       from activities a join members m using (member_id) order by occurred_at, kind, 2, 5""",
    """select m.external_reference, t.reason, t.previous_tier, t.due_at, t.joined_at, t.paid_orders
       from member_tiers t join members m using (member_id) order by 1""",
    "select count(*) from activity_ids",
    "select kind, key, due_at from timers where kind = 'fit-due'",
)


def history(seed: int, count: int = 400) -> list[dict[str, Any]]:
    """Flat rows: few members and groups, much that is late, repeated, refunded or left again."""
    chance = Random(seed)
    made = []
    for number in range(count):
        kind = chance.choice(KINDS)
        row: dict[str, Any] = {
            "kind": kind,
            "source": "shop",
            "source_id": str(number),
            "member": f"m{chance.randrange(25)}",
            "group": chance.choice(("tea", "coffee")),
            "occurred_at": (NOW - timedelta(minutes=chance.randrange(70 * 24 * 60))).isoformat(),
        }
        if kind == "joined":
            row["display_name"] = f"群友{number}"
            row["invited_by"] = f"m{chance.randrange(25)}"
        if kind.startswith("order"):
            row["order_reference"] = f"{row['member']}-{chance.randrange(4)}"
            row |= {"amount_minor": chance.randrange(300_000), "currency": "CNY"}
        made.append(row)
    return [*made, *chance.choices(made, k=count // 10)]


def reader(brand: Brand) -> Callable[[], RowReader]:
    return lambda: RowReader(brand.tenant_id, "CNY", NOW, None)


async def ingest(within: Transactions, brand: Brand, made: Iterable[dict[str, Any]]) -> None:
    reading = reader(brand)()
    for row in made:
        reading.read(row)
    total = len(reading.columns.ids)
    for start in range(0, total, 90):
        chosen = [start <= place < start + 90 for place in range(total)]
        async with within(brand.tenant_id) as uow:
            await record_activities(uow, reading.columns.chosen(chosen), NOW)


async def load(within: Transactions, brand: Brand, path: Path, rows_at_once: int = 150) -> Loading:
    loading = Loading(path, reader(brand), rows_at_once)
    await load_file(loading, within, brand.tenant_id, NOW, lambda: None)
    async with within(brand.tenant_id) as uow:
        await settle_history(uow, NOW)
    return loading


async def state(database: Database, brand: Brand) -> list[list[tuple[Any, ...]]]:
    return [sorted(await rows(database, brand, statement), key=repr) for statement in TABLES]


def as_ndjson(path: Path, made: list[dict[str, Any]]) -> Path:
    def nested(row: dict[str, Any]) -> dict[str, Any]:
        order = {name: row[name] for name in ("amount_minor", "currency") if name in row}
        flat = {name: value for name, value in row.items() if name not in ("order_reference", *order)}
        return flat | {"order": order | {"reference": row["order_reference"]}} if order else flat

    file = path / "history.ndjson"
    file.write_bytes(b"\n".join(orjson.dumps(nested(row)) for row in made))
    return file


def as_csv(path: Path, made: list[dict[str, Any]]) -> Path:
    file = path / "history.csv"
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, FIELDS)
        writer.writeheader()
        writer.writerows(made)
    return file


def as_parquet(path: Path, made: list[dict[str, Any]]) -> Path:
    file = path / "history.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(made, _schema()), file)
    return file


def _schema() -> pyarrow.Schema:
    return pyarrow.schema(
        [(name, pyarrow.int64() if name == "amount_minor" else pyarrow.string()) for name in FIELDS]
    )


@pytest.mark.parametrize("write", [as_ndjson, as_csv, as_parquet])
async def test_loaded_is_as_ingested(
    in_transaction: Transactions,
    database: Database,
    new_brand: NewBrand,
    tmp_path: Path,
    write: Callable[[Path, list[dict[str, Any]]], Path],
) -> None:
    ingested, loaded = await new_brand(), await new_brand()
    made = history(len(write.__name__))
    await ingest(in_transaction, ingested, made)
    # tiers of what was ingested were decided bit by bit: only the last reasons can be compared
    async with in_transaction(ingested.tenant_id) as uow:
        await uow.tier_sweep.anew(await uow.policies.replaceable_tiers(), NOW)

    loading = await load(in_transaction, loaded, write(tmp_path, made))

    assert (loading.new, loading.known, loading.refused) == (400, 40, 0)
    expected, found = await state(database, ingested), await state(database, loaded)
    assert found[:6] == expected[:6]
    assert [(row[0], *row[3:]) for row in found[6]] == [(row[0], *row[3:]) for row in expected[6]]
    assert await rows(database, loaded, "select count(*) from groups") == [(2,)]


async def test_loaded_again_or_after_ingestion_changes_nothing(
    in_transaction: Transactions, database: Database, brand: Brand, tmp_path: Path
) -> None:
    made = history(3)
    await ingest(in_transaction, brand, made[:200])
    path = as_ndjson(tmp_path, made)
    await load(in_transaction, brand, path)
    before = await state(database, brand)
    events = await rows(database, brand, "select count(*) from outbox")

    assert (await load(in_transaction, brand, path)).new == 0  # by its marker
    path.with_name("history.ndjson.loaded").unlink()
    assert (await load(in_transaction, brand, path)).known == 440  # by the ids

    assert await state(database, brand) == before
    assert await rows(database, brand, "select count(*) from outbox") == events


@pytest.mark.parametrize("committed", [False, True])
async def test_a_load_that_died_goes_on(
    in_transaction: Transactions,
    database: Database,
    new_brand: NewBrand,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    committed: bool,
) -> None:
    """After the first chunk, or after the commit of the second and before that is noted down."""
    whole, broken = await new_brand(), await new_brand()
    made = history(4)
    path = as_parquet(tmp_path, made)
    await load(in_transaction, whole, path)
    path.with_name(f"{path.name}.loaded").unlink()

    class Died(Exception):
        pass

    settle = Loading.settle

    def settle_once(loading: Loading, chunk: Chunk, new: int) -> None:
        if loading.done:
            raise Died
        settle(loading, chunk, new)
        if not committed:
            raise Died

    monkeypatch.setattr(Loading, "settle", settle_once)
    with pytest.raises(Died):
        await load(in_transaction, broken, path)
    kept = await rows(database, broken, "select count(*) from activities")
    assert kept == [(300 if committed else 150,)]
    monkeypatch.undo()
    resumed = await load(in_transaction, broken, path)

    assert resumed.new + resumed.known == 440 - 150
    assert await state(database, broken) == await state(database, whole)


async def test_refused_rows_are_told_with_reasons(
    in_transaction: Transactions, database: Database, brand: Brand, tmp_path: Path
) -> None:
    good = history(5, 10)[0] | {"kind": "message"}
    order = good | {"kind": "order_paid", "order_reference": "o", "amount_minor": 5, "currency": "CNY"}
    wrong: list[tuple[dict[str, Any], tuple[str, str | None]]] = [
        (good | {"kind": "dance"}, ("INVALID_FIELD", "kind")),
        (good | {"member": ""}, ("MISSING_FIELD", "member")),
        (good | {"member": 5}, ("INVALID_FIELD", "member")),
        (good | {"member": "x" * 251}, ("INVALID_FIELD", "member")),
        (good | {"member": "a\0"}, ("INVALID_FIELD", "member")),
        (good | {"kind": "left", "group": None}, ("MISSING_FIELD", "group")),
        (good | {"occurred_at": "2026-01-01"}, ("INVALID_FIELD", "occurred_at")),
        (good | {"occurred_at": (NOW + days(2)).isoformat()}, ("INVALID_FIELD", "occurred_at")),
        (good | {"occurred_at": (NOW - days(900)).isoformat()}, ("TOO_OLD", "occurred_at")),
        (order | {"currency": "USD"}, ("INVALID_FIELD", "currency")),
        (order | {"amount_minor": -5}, ("INVALID_FIELD", "amount_minor")),
        (order | {"amount_minor": 1.5}, ("INVALID_FIELD", "amount_minor")),
        (order | {"order_reference": None}, ("MISSING_FIELD", "order_reference")),
    ]
    path = tmp_path / "history.ndjson"
    lines = [orjson.dumps(row) for row, _ in wrong]
    path.write_bytes(b"\n".join([*lines, b"{broken", b"[]", orjson.dumps(good)]))
    loading = Loading(path, lambda: RowReader(brand.tenant_id, "CNY", NOW, NOW - days(800)), 4)
    await load_file(loading, in_transaction, brand.tenant_id, NOW, lambda: None)

    told = [orjson.loads(line) for line in loading.rejects.read_bytes().splitlines()]
    expected = [*(refusal for _, refusal in wrong), *[("MALFORMED_JSON", None)] * 2]
    assert [(it["code"], it["field"]) for it in told] == expected
    assert [it["line"] for it in told] == list(range(1, 16))
    assert (loading.new, loading.refused) == (1, 15)
    assert told[0]["row"]["kind"] == "dance"


def test_the_reader_fills_every_column() -> None:
    reading = reader(Brand())()
    reading.read(history(6)[0])
    lists = {it.name for it in fields(ActivityColumns)} - {"currencies", "origin_ids", "keyword_hits"}
    assert {name for name in lists if len(getattr(reading.columns, name)) == 1} == lists
