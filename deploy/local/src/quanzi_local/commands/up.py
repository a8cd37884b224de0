"""`quanzi up`: the whole platform on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from quanzi_local.home import Home
from quanzi_local.launcher.launch import Options, launch

app = typer.Typer()


@app.command()
def up(
    http_port: Annotated[
        int, typer.Option("--port", envvar="QUANZI_HTTP_PORT", help="Of the gateway.")
    ] = 8000,
    quiet: Annotated[bool, typer.Option("--quiet", help="No logs here, only in files.")] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Start again what dies; else its death ends all.")
    ] = False,
) -> None:
    """Run PostgreSQL, NATS, five services and the gateway; Ctrl-C stops them."""
    raise typer.Exit(launch(Home.find(), Options(http_port, quiet=quiet, restart=restart)))
