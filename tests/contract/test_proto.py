"""The contracts are well formed, access is declared, and what is generated from them is current."""

import filecmp
import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor import MethodDescriptor

from quanzi.access.v1 import access_pb2

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
BUF = Path(sys.executable).parent / "buf"
ROLES = {"admin", "operator", "moderator", "agent", "partner", "service"}


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def differences(left: Path, right: Path) -> list[str]:
    compared = filecmp.dircmp(left, right, ignore=["__pycache__"])
    found = [*compared.left_only, *compared.right_only, *compared.diff_files]
    for name in compared.common_dirs:
        found += [f"{name}/{inner}" for inner in differences(left / name, right / name)]
    return found


def methods() -> list[MethodDescriptor]:
    found: list[MethodDescriptor] = []
    for path in sorted((PROTO / "quanzi").rglob("*.proto")):
        name = ".".join(path.relative_to(PROTO).with_suffix("").parts)
        module = importlib.import_module(f"{name}_pb2")
        for service in module.DESCRIPTOR.services_by_name.values():
            found += service.methods
    return found


def test_lint(tmp_path: Path) -> None:
    image = tmp_path / "image.binpb"
    run(sys.executable, "proto/generate.py", "--image", str(image))
    run(str(BUF), "lint", str(image), "--config", "proto/buf.yaml")


def test_format() -> None:
    assert run(str(BUF), "format", "--diff", "proto") == ""


def test_generated_code_is_current(tmp_path: Path) -> None:
    run(sys.executable, "proto/generate.py", str(tmp_path / "gen"))
    assert not differences(tmp_path / "gen", PROTO / "gen"), "run `make proto`"


def test_catalogue_is_current(tmp_path: Path) -> None:
    run(sys.executable, "proto/catalogue.py", str(tmp_path))
    assert not differences(tmp_path, ROOT / "docs" / "events"), "run `make proto`"


def test_nothing_released_is_broken(tmp_path: Path) -> None:
    """Compares with proto/released.binpb, the contracts of the last release."""
    image = tmp_path / "image.binpb"
    run(sys.executable, "proto/generate.py", "--image", str(image))
    run(str(BUF), "breaking", str(image), "--against", "proto/released.binpb", "--config", "proto/buf.yaml")


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.full_name)
def test_every_method_says_who_may_call_it(method: MethodDescriptor) -> None:
    roles = set(method.GetOptions().Extensions[access_pb2.access].roles)
    assert roles, "a method without access rule is refused to everyone"
    assert roles <= ROLES


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.full_name)
def test_every_mutation_can_be_repeated_safely(method: MethodDescriptor) -> None:
    declared = method.GetOptions().idempotency_level != 0
    guarded = {"idempotency_key", "version", "expected_version"} & set(method.input_type.fields_by_name)
    assert declared or guarded
