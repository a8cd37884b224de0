"""`quanzi train risk` and `quanzi train sentiment`."""

from __future__ import annotations

import typer

from risk.train import main
from risk.train_sentiment import main as sentiment

app = typer.Typer(no_args_is_help=True)


@app.callback()
def train() -> None:
    """Make the models that come with the services."""


app.command("risk")(main)
app.command("sentiment")(sentiment)
