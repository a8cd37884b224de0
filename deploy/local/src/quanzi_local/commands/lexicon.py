"""`quanzi lexicon import|export|keywords`."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any

import httpx
import typer
from rich.console import Console

from quanzi_local.commands.import_file import NOTHING_READ, Rejects, Target, Tenant, Token, Url
from quanzi_local.gateway_client import GatewayRefused, connect, graphql
from quanzi_local.home import NotUsable
from quanzi_local.identity import SAMPLE_TENANT
from quanzi_local.intake.progress import Meter
from quanzi_local.intake.records import read_records
from quanzi_local.intake.rejects import RejectsFile
from quanzi_local.intake.rows import Reject, UnreadableFile
from quanzi_local.intake.word_import import WordCounts, import_words
from quanzi_local.intake.words import COLUMNS, WordRow, word_rows

_EXPORT = """query ($after: String!, $withShipped: Boolean!) {
  lexiconExport(after: $after, withShipped: $withShipped) {
    words { word verdict category matchHomophones matchSplits note } hasMore
  }
}"""
_KEYWORDS = """query ($target: KeywordTarget!) {
  wecomKeywords(target: $target) { lists { name words } leftOut }
}"""


class KeywordTarget(StrEnum):
    INTERCEPT_RULES = "intercept-rules"
    ANTI_SPAM = "anti-spam"


app = typer.Typer(no_args_is_help=True)


@app.callback()
def lexicon() -> None:
    """Words of the tenant's lexicon, from and to files; a second import changes nothing."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="NDJSON, or CSV with a header line; plain or gzip.")],
    rejects: Rejects = None,
    tenant: Tenant = SAMPLE_TENANT,
    url: Url = None,
    token: Token = None,
) -> None:
    """Add words, or change those there: word, verdict, category, match_homophones, match_splits, note."""
    refused = RejectsFile(rejects) if rejects else RejectsFile.beside(file)
    target = Target.of(url, token, tenant)
    with Meter(file, Console(stderr=True)) as meter, refused:
        try:
            rows = word_rows(read_records(file, meter.read))
            counts = asyncio.run(_import(target, rows, refused, meter))
        except UnreadableFile as error:
            typer.echo(f"quanzi: {error}", err=True)
            raise typer.Exit(NOTHING_READ) from error
    typer.echo(
        f"{file.name}: {counts.rows:,} rows in {meter.seconds:.1f} s: "
        f"{counts.changed:,} words added or changed, {counts.accepted - counts.changed:,} there already, "
        f"{counts.rejected:,} rejected"
    )
    if refused.count:
        typer.echo(f"rejected rows with their reasons: {refused.path}")


@app.command("export")
def export_words(
    file: Annotated[Path, typer.Argument(help="Written as CSV, or as NDJSON by its ending.")],
    with_shipped: Annotated[bool, typer.Option(help="Also the words shipped with the service.")] = False,
    tenant: Tenant = SAMPLE_TENANT,
    url: Url = None,
    token: Token = None,
) -> None:
    """Write the tenant's words to a file that `import` takes."""
    words = asyncio.run(_export(Target.of(url, token, tenant), with_shipped))
    with file.open("w", encoding="utf-8", newline="") as out:
        (_write_ndjson if file.suffix in (".ndjson", ".jsonl") else _write_csv)(out, words)
    typer.echo(f"{file.name}: {len(words):,} words")


@app.command()
def keywords(
    target: Annotated[KeywordTarget, typer.Argument(help="敏感词拦截 or 防骚扰.")],
    tenant: Tenant = SAMPLE_TENANT,
    url: Url = None,
    token: Token = None,
) -> None:
    """Print risky words in the portions that WeCom's own console takes, one rule after another."""
    variables = {"target": target.name}
    answer = asyncio.run(_ask_once(Target.of(url, token, tenant), _KEYWORDS, variables))["wecomKeywords"]
    for rule in answer["lists"]:
        sys.stdout.write(f"# {rule['name']} ({len(rule['words'])})\n" + "\n".join(rule["words"]) + "\n\n")
    if answer["leftOut"]:
        typer.echo(f"no room for {answer['leftOut']:,} words", err=True)


async def _import(
    target: Target, rows: Iterator[WordRow | Reject], refused: RejectsFile, meter: Meter
) -> WordCounts:
    async with connect(target.url, target.token) as client:
        with _told(client):
            return await import_words(client, rows, refused, meter.tell)


async def _export(target: Target, with_shipped: bool) -> list[dict[str, Any]]:
    async with connect(target.url, target.token) as client:
        return [word async for word in _exported(client, with_shipped)]


async def _exported(client: httpx.AsyncClient, with_shipped: bool) -> AsyncIterator[dict[str, Any]]:
    after, has_more = "", True
    while has_more:
        answer = await _ask(client, _EXPORT, {"after": after, "withShipped": with_shipped})
        words, has_more = answer["lexiconExport"]["words"], answer["lexiconExport"]["hasMore"]
        for word in words:
            yield word
            after = word["word"]


async def _ask_once(target: Target, document: str, variables: dict[str, Any]) -> dict[str, Any]:
    async with connect(target.url, target.token) as client:
        return await _ask(client, document, variables)


async def _ask(client: httpx.AsyncClient, document: str, variables: dict[str, Any]) -> dict[str, Any]:
    with _told(client):
        return await graphql(client, document, variables)


@contextmanager
def _told(client: httpx.AsyncClient) -> Iterator[None]:
    """What the gateway refuses, or that there is none, in a line. Raises NotUsable."""
    try:
        yield
    except GatewayRefused as error:
        raise NotUsable(str(error)) from error
    except httpx.HTTPError as error:
        raise NotUsable(f"{client.base_url}: {error}; is `quanzi up` running?") from error


def _rows(words: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for it in words:
        yield dict(zip(COLUMNS, it.values(), strict=True))


def _write_csv(out: IO[str], words: Iterable[dict[str, Any]]) -> None:
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(row | {name: str(row[name]).lower() for name in COLUMNS[3:5]} for row in _rows(words))


def _write_ndjson(out: IO[str], words: Iterable[dict[str, Any]]) -> None:
    out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(words))
