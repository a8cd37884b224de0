"""A word list of 60,000 by file: in, found in what is said, out again, and changed while it is in use."""

from __future__ import annotations

import asyncio
import csv
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chassis.testbed.waiting import until

from ..harness.brand import Brand, registered_brand, row
from ..harness.whole_platform import Platform

pytestmark = pytest.mark.e2e

WORDS, CHANGED = 60_000, 1_000
COLUMNS = ("word", "verdict", "category", "match_homophones", "match_splits", "note")
CATEGORIES = ("ADVERT", "PORN", "ABUSE", "GAMBLING", "FRAUD", "VIOLENCE")
COMMON = [bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xF0)]
Rows = Sequence[dict[str, str]]


def word_list(count: int) -> Rows:
    """Made words of three to six characters, as `export` writes them and in its order."""
    chance = random.Random(20261122)
    words: set[str] = set()
    while len(words) < count:
        words.add("".join(chance.choices(COMMON, k=chance.randint(3, 6))))
    return [
        {
            "word": word,
            "verdict": "BLOCK",
            "category": CATEGORIES[number % len(CATEGORIES)],
            "match_homophones": str(number % 10 == 0).lower(),
            "match_splits": str(number % 20 == 0).lower(),
            "note": f"第 {number} 行",
        }
        for number, word in enumerate(sorted(words))
    ]


def write(file: Path, rows: Rows) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return file


async def quanzi_lexicon(brand: Brand, verb: str, file: Path) -> tuple[str, str]:
    """What the verb prints, and what it shows on the way to who watches a terminal."""
    door = ["--url", brand.platform.url, "--token", brand.platform.token(brand.slug, "admin")]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "quanzi_local", "lexicon", verb, str(file), *door],
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": "200"},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout, done.stderr


@pytest.fixture
async def brand(platform: Platform) -> AsyncIterator[Brand]:
    async with registered_brand(platform, "lexicon") as brand:
        await brand.group("wr-1")
        yield brand


async def said(brand: Brand, first: int, texts: Sequence[str]) -> None:
    now = datetime.now(UTC)
    numbered = enumerate(texts, first)
    rows = [row("message", f"m-{n}", f"wm-{n}", now, group="wr-1", text=text) for n, text in numbered]
    await brand.admin.bring(rows)


async def violations(brand: Brand, expected: int) -> list[dict[str, Any]]:
    document = "query { violations(first: 100) { nodes { category maskedText } } }"

    async def listed() -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = (await brand.admin.ask(document))["violations"]["nodes"]
        return nodes

    return await until(listed, lambda nodes: len(nodes) == expected, f"{expected} violations")


@pytest.mark.timeout(180)
async def test_a_list_of_60_000_words(brand: Brand, tmp_path: Path) -> None:
    rows = word_list(WORDS)
    file = write(tmp_path / "words.csv", rows)
    answer, progress = await quanzi_lexicon(brand, "import", file)
    assert f"{WORDS:,} words added or changed, 0 there already, 0 rejected" in answer
    assert f"{WORDS:,} rows" in progress
    assert "100%" in progress

    some = rows[7 :: WORDS // 20]
    await said(brand, 0, [f"群友们看看{it['word']}吧" for it in some])
    found = await violations(brand, len(some))
    assert sorted(it["category"] for it in found) == sorted(it["category"] for it in some)

    out = tmp_path / "out.csv"
    assert f"{WORDS:,} words" in (await quanzi_lexicon(brand, "export", out))[0]
    assert out.read_bytes() == file.read_bytes()

    step = WORDS // CHANGED
    allowed = [it | {"verdict": "ALLOW", "category": ""} for it in rows[7::step]]
    answer, _ = await quanzi_lexicon(brand, "import", write(tmp_path / "update.csv", allowed))
    assert f"{CHANGED:,} words added or changed, 0 there already, 0 rejected" in answer
    still = rows[8]
    await said(brand, 100, [f"群友们看看{it['word']}吧" for it in (*some, still)])
    texts = {it["maskedText"] for it in await violations(brand, len(some) + 1)}
    assert f"群友们看看{still['word']}吧" in texts
