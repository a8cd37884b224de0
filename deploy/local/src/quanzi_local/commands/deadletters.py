"""`quanzi deadletters list|replay`: what consumers could not handle."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from nats.js import JetStreamContext
from rich.console import Console
from rich.table import Table

from chassis.deadletters import LetterNotFound, list_dead_letters
from chassis.deadletters import replay as replay_letter
from quanzi_local.connections import NatsLogin, nats_client
from quanzi_local.home import Home, NotUsable

app = typer.Typer(no_args_is_help=True)


@app.callback()
def deadletters() -> None:
    """Messages that consumers gave up on, with their reasons."""


@app.command("list")
def list_letters(
    tenant: Annotated[str, typer.Option(help="Id of a tenant.")] = "*",
    consumer: Annotated[str, typer.Option(help="For example risk-activities.")] = "*",
) -> None:
    """Show them, oldest first."""
    table = Table("number", "buried", "consumer", "item", "subject", "reason", box=None)

    async def fill(js: JetStreamContext) -> None:
        async for buried in list_dead_letters(js, tenant, consumer):
            when = f"{buried.buried_at.astimezone():%m-%d %H:%M:%S}" if buried.buried_at else ""
            letter = buried.letter
            table.add_row(
                str(buried.sequence), when, letter.consumer, letter.item, letter.subject, letter.reason
            )

    asyncio.run(_with_streams(fill))
    if table.row_count:
        Console().print(table)
    else:
        typer.echo("there are none")


@app.command()
def replay(
    numbers: Annotated[list[int] | None, typer.Argument(help="As `list` shows them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All there are now.")] = False,
) -> None:
    """Give them back to their consumers; what one had handled already changes nothing."""
    if not numbers and not everything:
        raise NotUsable("name the numbers that `quanzi deadletters list` shows, or say --all")

    async def send(js: JetStreamContext) -> None:
        chosen = numbers or [buried.sequence async for buried in list_dead_letters(js)]
        for number in chosen:
            try:
                letter = await replay_letter(js, number)
            except LetterNotFound as error:
                raise NotUsable(str(error)) from error
            typer.echo(f"{number} → {letter.subject} {letter.item}")

    asyncio.run(_with_streams(send))


async def _with_streams(work: Callable[[JetStreamContext], Awaitable[None]]) -> None:
    async with nats_client(NatsLogin.of(Home.find())) as client:
        await work(client.jetstream())
