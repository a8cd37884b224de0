"""`quanzi token`: a development identity on standard output."""

from __future__ import annotations

from typing import Annotated

import typer

from quanzi_local.durations import duration
from quanzi_local.home import Home
from quanzi_local.identity import SAMPLE_TENANT, development_token

app = typer.Typer()


@app.command()
def token(
    role: Annotated[list[str], typer.Option(help="May be repeated.")] = ["operator"],  # noqa: B006 typer copies it
    tenant: Annotated[str, typer.Option(help="Slug or id of the tenant.")] = SAMPLE_TENANT,
    member: Annotated[str, typer.Option(help="Who it is: the subject.")] = "developer",
    platform: Annotated[bool, typer.Option("--platform", help="May register tenants.")] = False,
    expires: Annotated[str, typer.Option(help="Lifetime: 15m, 12h, 7d.")] = "12h",
) -> None:
    """Print a development identity, to be sent as `Authorization: Bearer …`."""
    typer.echo(development_token(Home.find(), tenant, role, member, duration(expires), platform=platform))
