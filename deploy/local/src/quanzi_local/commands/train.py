"""`quanzi train risk`."""

from __future__ import annotations

import typer

from risk.train import main

app = typer.Typer(no_args_is_help=True)


@app.callback()
def train() -> None:
    """Make the models that come with the services."""


app.command("risk")(main)
