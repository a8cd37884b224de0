"""`quanzi doctor`: is this machine fit, and is what runs on it well?"""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console

from quanzi_local.checkup.findings import State
from quanzi_local.checkup.machine import machine_findings
from quanzi_local.checkup.platform_health import health_findings
from quanzi_local.home import Home

SIGNS = {State.OK: "[green]ok  [/]", State.WARN: "[yellow]warn[/]", State.FAIL: "[red]fail[/]"}

app = typer.Typer()


@app.command()
def doctor() -> None:
    """Check the machine, the environment and the running platform; exit code 1 if something fails."""
    home = Home.find()
    console = Console(highlight=False)
    findings = [*machine_findings(home), *asyncio.run(health_findings(home))]
    for finding in findings:
        console.print(f"{SIGNS[finding.state]}  {finding.subject:<14} {finding.text}")
        if finding.advice:
            console.print(f"{'':22}→ {finding.advice}")
    raise typer.Exit(any(finding.state is State.FAIL for finding in findings))
