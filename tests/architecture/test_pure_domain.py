"""The domain imports nothing but the standard library and itself, and never reads the clock."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("segmentation", "content", "campaigns", "support", "risk")
CLOCK_READERS = {"now", "utcnow", "today", "time", "monotonic"}


def domain_files() -> list[Path]:
    return sorted(
        path
        for name in SERVICES
        for path in (ROOT / "services" / name / "src" / name / "domain").rglob("*.py")
    )


def imported_roots(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", domain_files(), ids=lambda path: str(path.relative_to(ROOT / "services")))
def test_domain_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    service = path.relative_to(ROOT / "services").parts[0]
    foreign = {
        root for root in imported_roots(tree) if root not in sys.stdlib_module_names and root != service
    }
    assert not foreign, f"the domain may import only the standard library, not {sorted(foreign)}"
    clocks = {
        f"{ast.unparse(node.func)}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK_READERS
        and ast.unparse(node.func.value) in {"datetime", "date", "time", "datetime.datetime", "datetime.date"}
    }
    assert not clocks, f"the domain is told the time, it does not read it: {sorted(clocks)}"


def test_every_service_has_the_same_shape() -> None:
    inside = ("__main__.py", "bootstrap.py", "config.py", "domain", "application", "adapters", "entrypoints")
    beside = ("README.md", "alembic.ini", "migrations", "pyproject.toml", "tests/unit", "tests/integration")
    for service in SERVICES:
        base = ROOT / "services" / service
        paths = [*(base / "src" / service / name for name in inside), *(base / name for name in beside)]
        missing = [str(path.relative_to(base)) for path in paths if not path.exists()]
        assert not missing, f"{service} lacks {missing}"


def test_package_initialisers_stay_empty() -> None:
    sources = [*ROOT.glob("services/*/src"), ROOT / "gateway/src", ROOT / "deploy/local/src"]
    files = [path for base in sources for path in base.rglob("__init__.py")]
    filled = [path for path in files if path.read_text(encoding="utf-8").strip()]
    assert not filled, f"a file that only re-exports hides where things are: {filled}"
