"""`quanzi import orders|activities|consents FILE`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import httpx
import typer
from rich.console import Console

from quanzi_local.gateway_client import GatewayRefused, as_developer, connect, gateway_url, graphql
from quanzi_local.home import Home, NotUsable
from quanzi_local.identity import SAMPLE_TENANT
from quanzi_local.intake.activities import ActivityDefaults, activity_rows
from quanzi_local.intake.consent_import import import_consents
from quanzi_local.intake.consents import ConsentRow, consent_rows
from quanzi_local.intake.groups import registering
from quanzi_local.intake.orders import OrderDefaults, order_rows
from quanzi_local.intake.progress import Meter
from quanzi_local.intake.records import is_cdnow, read_records
from quanzi_local.intake.rejects import RejectsFile
from quanzi_local.intake.rows import Reject, Row, UnreadableFile
from quanzi_local.intake.run import Counts, run_import
from quanzi_local.intake.upload import UploadRefused

NOTHING_READ = 2

R = TypeVar("R")
Importing = Callable[
    [httpx.AsyncClient, Iterator[R | Reject], RejectsFile, Callable[[Counts], None]], Awaitable[Counts]
]

app = typer.Typer(no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(help="NDJSON, CSV with a header line, or CDNOW columns; plain or gzip.")
]
Group = Annotated[str | None, typer.Option(help="External chat id, for rows that name no group.")]
CreateGroups = Annotated[bool, typer.Option("--create-groups", help="Register groups not known yet.")]
Source = Annotated[str | None, typer.Option(help="System the rows come from, for rows that name none.")]
Rejects = Annotated[Path | None, typer.Option(help="File of refused rows; by default FILE.rejects.ndjson.")]
Tenant = Annotated[str, typer.Option(help="Slug or id of the tenant.")]
Url = Annotated[str | None, typer.Option(help="Gateway; by default the one of this machine.")]
Token = Annotated[str | None, typer.Option(envvar="QUANZI_TOKEN", help="By default a development identity.")]


@app.callback()
def import_file() -> None:
    """Import a file through the gateway; a second time changes nothing."""


@app.command()
def orders(
    file: File,
    currency: Annotated[
        str | None, typer.Option(help="ISO 4217, for rows that name none; by default the tenant's.")
    ] = None,
    group: Group = None,
    create_groups: CreateGroups = False,
    source: Source = None,
    rejects: Rejects = None,
    tenant: Tenant = SAMPLE_TENANT,
    url: Url = None,
    token: Token = None,
) -> None:
    """Orders of a shop. Amounts become minor units exactly; a date without a time is noon UTC."""

    target = Target.of(url, token, tenant)

    def rows(advance: Callable[[int], None]) -> Iterator[Row | Reject]:
        records = read_records(file, advance)
        named = source or ("cdnow" if is_cdnow(file) else "orders")
        taken_as = currency.upper() if currency else asyncio.run(_tenant_currency(target))
        return order_rows(records, OrderDefaults(named, taken_as, group))

    _run(target, file, rows, rejects, _uploading(create_groups=create_groups))


@app.command()
def activities(
    file: File,
    group: Group = None,
    create_groups: CreateGroups = False,
    source: Source = None,
    rejects: Rejects = None,
    tenant: Tenant = SAMPLE_TENANT,
    url: Url = None,
    token: Token = None,
) -> None:
    """Activities as the guide docs/guides/activities.md describes them."""

    def rows(advance: Callable[[int], None]) -> Iterator[Row | Reject]:
        defaults = ActivityDefaults(source or "activities", group)
        return activity_rows(read_records(file, advance), defaults)

    _run(Target.of(url, token, tenant), file, rows, rejects, _uploading(create_groups=create_groups))


@app.command()
def consents(
    file: Annotated[Path, typer.Argument(help="NDJSON, or CSV with a header line; plain or gzip.")],
    source: Source = None,
    rejects: Rejects = None,
    tenant: Tenant = SAMPLE_TENANT,
    url: Url = None,
    token: Token = None,
) -> None:
    """Consents given and withdrawn, as the guide docs/guides/personal-data.md describes them."""

    def rows(advance: Callable[[int], None]) -> Iterator[ConsentRow | Reject]:
        return consent_rows(read_records(file, advance), source or "consents")

    _run(Target.of(url, token, tenant), file, rows, rejects, import_consents)


@dataclass(frozen=True, slots=True)
class Target:
    url: str
    token: str

    @classmethod
    def of(cls, url: str | None, token: str | None, tenant: str) -> Target:
        home = Home.find()
        return cls(url or gateway_url(home), token or as_developer(home, tenant, "admin"))


def _run(
    target: Target,
    file: Path,
    rows: Callable[[Callable[[int], None]], Iterator[R | Reject]],
    rejects_path: Path | None,
    importing: Importing[R],
) -> None:
    rejects = RejectsFile(rejects_path) if rejects_path else RejectsFile.beside(file)
    with Meter(file, Console(stderr=True)) as meter, rejects:
        try:
            read = rows(meter.read)
            counts = asyncio.run(_import(target, read, rejects, meter, importing))
        except UnreadableFile as error:
            typer.echo(f"quanzi: {error}", err=True)
            raise typer.Exit(NOTHING_READ) from error
        except UploadRefused as error:
            raise NotUsable(str(error)) from error
    typer.echo(
        f"{file.name}: {counts.rows:,} rows in {meter.seconds:.1f} s: {counts.accepted:,} accepted, "
        f"{counts.rejected:,} rejected"
    )
    if rejects.count:
        typer.echo(f"rejected rows with their reasons: {rejects.path}")


async def _tenant_currency(target: Target) -> str:
    async with connect(target.url, target.token) as client:
        try:
            return str((await graphql(client, "{ tenant { currency } }", {}))["tenant"]["currency"])
        except (GatewayRefused, httpx.HTTPError) as error:
            raise UploadRefused(f"{target.url}: {error}; is `quanzi up` running?") from error


async def _import(
    target: Target,
    rows: Iterator[R | Reject],
    rejects: RejectsFile,
    meter: Meter,
    importing: Importing[R],
) -> Counts:
    async with connect(target.url, target.token) as client:
        return await importing(client, rows, rejects, meter.tell)


def _uploading(*, create_groups: bool) -> Importing[Row]:
    """Activities through the bulk door, their groups registered first if wanted."""

    async def importing(
        client: httpx.AsyncClient,
        rows: Iterator[Row | Reject],
        rejects: RejectsFile,
        tell: Callable[[Counts], None],
    ) -> Counts:
        prepare = registering(client) if create_groups else None
        return await run_import(client, rows, rejects, tell, prepare)

    return importing
