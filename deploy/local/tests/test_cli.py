"""The command as a person calls it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quanzi_local.cli import VERBS


def quanzi(home: Path, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "NATS_URL"}
    }
    return subprocess.run(
        [sys.executable, "-m", "quanzi_local", *arguments],
        env={**environment, "QUANZI_HOME": str(home), "QUANZI_HTTP_PORT": "9", **given},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_verb(tmp_path: Path) -> None:
    answer = quanzi(tmp_path, "--help")
    assert answer.returncode == 0
    assert all(f" {verb} " in answer.stdout for verb in VERBS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("token",),
        ("events", "tail", "quanzi.>"),
        ("deadletters", "list"),
        ("deadletters", "replay", "1"),
        ("migrate",),
        ("provision",),
        ("import", "orders", __file__),
    ],
)
def test_what_needs_the_platform_says_so_without_a_traceback(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    answer = quanzi(tmp_path / "home", *arguments)
    assert answer.returncode == 1
    assert "make up" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    answer = quanzi(file / "home", "up")
    assert answer.returncode == 1
    assert "set QUANZI_HOME" in answer.stderr


def test_doctor_judges_the_machine(tmp_path: Path) -> None:
    answer = quanzi(tmp_path, "doctor")
    assert {line.split()[1] for line in answer.stdout.splitlines() if line.startswith(("ok", "warn"))} >= {
        "python", "environment", "disk", "memory", "home", "postgresql", "nats-server", "platform",
    }  # fmt: skip


@pytest.mark.parametrize("server", ["DATABASE_URL", "NATS_URL"])
def test_a_server_of_your_own_that_is_away_is_said(tmp_path: Path, server: str) -> None:
    away = {"DATABASE_URL": "postgresql://me:secret@127.0.0.1:9/db", "NATS_URL": "nats://127.0.0.1:9"}[server]
    verb = {"DATABASE_URL": ("provision",), "NATS_URL": ("deadletters", "list")}[server]
    answer = quanzi(tmp_path, *verb, **{server: away})
    assert answer.returncode == 1
    assert "cannot reach" in answer.stderr
    assert "secret" not in answer.stderr
    assert "Traceback" not in answer.stderr
