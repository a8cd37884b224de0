"""The `quanzi` command. Each verb is a file in `commands/`, imported when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

VERBS = {
    "up": "up",
    "token": "token",
    "import": "import_file",
    "lexicon": "lexicon",
    "events": "events",
    "deadletters": "deadletters",
    "train": "train",
    "eval": "evaluate",
    "doctor": "doctor",
    "provision": "provision",
    "migrate": "migrate",
}


class Verbs(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        del ctx
        if cmd_name not in VERBS:
            return None
        command = typer.main.get_command(import_module(f"quanzi_local.commands.{VERBS[cmd_name]}").app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=Verbs,
    help="Quanzi 圈子 on this machine: run it, feed it, watch it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def quanzi() -> None:
    """Options come after the verb."""


def main() -> None:
    from quanzi_local.home import NotUsable

    try:
        app()
    except NotUsable as problem:
        print(f"quanzi: {problem}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
