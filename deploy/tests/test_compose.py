"""The platform in containers: settings that exist, files that are made, the same images as in production."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from .manifests import KUSTOMIZE, PROCESSES, Manifests
from .test_settings import SETTINGS

COMPOSE = KUSTOMIZE.parent / "compose"
MOUNTED = "/etc/quanzi/secrets"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    text = (COMPOSE / "compose.yaml").read_text()
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return found


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("compose")
    runpy.run_path(str(COMPOSE / "prepare.py"))["prepare"](root)
    return root


def common() -> dict[str, str]:
    lines = (KUSTOMIZE / "base" / "workload" / "common.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)  # type: ignore[misc]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_gets_all_its_settings(
    services: dict[str, dict[str, Any]], secrets: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in (common() | services[name]["environment"]).items():
        monkeypatch.setenv(variable, value.replace(MOUNTED, str(secrets / name)))
    settings = SETTINGS[name]()
    assert settings.database_url.startswith(f"postgresql://{name}_app:")
    assert settings.nats_password()
    files = [value for field, value in settings if field.endswith("_file") and value]
    assert all(file.stat().st_size for file in files)


def test_mounted_folders_are_made_and_readable_inside_alone(
    services: dict[str, dict[str, Any]], secrets: Path
) -> None:
    prefix = "../../.quanzi/compose/"
    mounts = [volume for one in services.values() for volume in one["volumes"] if volume.startswith(prefix)]
    assert len(mounts) == len(services)
    for mount in mounts:
        folder = secrets / mount.removeprefix(prefix).partition(":")[0]
        assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o644}
    assert secrets.stat().st_mode & 0o777 == 0o700


def test_files_are_those_of_the_secrets_in_kubernetes(production: Manifests, secrets: Path) -> None:
    for pod in production.pods():
        for value in production.environment(pod).values():
            if value.startswith(f"{MOUNTED}/"):
                folder = pod.labels["app.kubernetes.io/name"]
                assert (secrets / folder / value.removeprefix(f"{MOUNTED}/")).exists(), (pod.name, value)


def test_making_them_again_changes_nothing(secrets: Path) -> None:
    before = {file: file.read_bytes() for file in secrets.rglob("*") if file.is_file()}
    runpy.run_path(str(COMPOSE / "prepare.py"))["prepare"](secrets)
    assert {file: file.read_bytes() for file in secrets.rglob("*") if file.is_file()} == before


def test_images_are_those_of_the_manifests(
    production: Manifests, services: dict[str, dict[str, Any]]
) -> None:
    for name in PROCESSES:
        assert services[name]["image"] == production.server(name).container["image"]
        assert services[f"migration-{name}"]["image"] == services[name]["image"]
    assert (
        services["nats"]["image"]
        == production.one("StatefulSet", "quanzi-nats")["spec"]["template"]["spec"]["containers"][0]["image"]
    )


def test_only_the_gateway_is_published_and_only_here(services: dict[str, dict[str, Any]]) -> None:
    published = {name: one["ports"] for name, one in services.items() if "ports" in one}
    assert published == {"gateway": ["127.0.0.1:8000:8000"]}
