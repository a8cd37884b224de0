"""`quanzi migrate`: every schema to its latest revision."""

from __future__ import annotations

import typer

from quanzi_local.connections import administrator_url
from quanzi_local.credentials import Credentials
from quanzi_local.home import Home
from quanzi_local.launcher.schemas import migrate_all

app = typer.Typer()


@app.command()
def migrate() -> None:
    """Migrate all schemas of DATABASE_URL, else of the running platform's database, as their owners."""
    home = Home.find()
    home.prepare()
    url = administrator_url(home)
    migrate_all(url, Credentials(home.secrets), lambda schema: typer.echo(f"migrating {schema}"))
    typer.echo("every schema is at its head")
