"""`quanzi eval risk` and `quanzi eval sentiment`."""

from __future__ import annotations

import typer

from risk.evaluate import main
from risk.evaluate_sentiment import main as sentiment

app = typer.Typer(no_args_is_help=True)


@app.callback()
def evaluate() -> None:
    """Measure a service on data of which the right answer is known."""


app.command("risk")(main)
app.command("sentiment")(sentiment)
