"""`quanzi provision`: roles and schemas, by an administrator of the database."""

from __future__ import annotations

import typer

from chassis.provision import SCHEMAS
from quanzi_local.connections import administrator_url
from quanzi_local.credentials import Credentials
from quanzi_local.home import Home
from quanzi_local.launcher.schemas import provision_all

app = typer.Typer()


@app.command()
def provision() -> None:
    """Make roles and schemas in DATABASE_URL, else in the running platform's database. Safe to repeat."""
    home = Home.find()
    home.prepare()
    provision_all(administrator_url(home), Credentials(home.secrets))
    typer.echo(f"provisioned {', '.join(SCHEMAS)}; passwords are in {home.secrets}")
