from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from os import environ
from pathlib import Path

import pytest

from .report import Report
from .running import Platform, platform_up

PROFILE = "QUANZI_BENCH_PROFILE"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the platform takes when idle is asked before anything was done to it."""
    items.sort(key=lambda item: item.path.name != "test_idle_memory.py")


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    report = Report()
    yield report
    if PROFILE not in environ:  # a profiled run is slower than the platform is
        report.write()


@pytest.fixture(scope="session")
def platform(report: Report) -> Iterator[Platform]:
    """One platform for all benchmarks of a run.

    Where QUANZI_BENCH_PROFILE names a folder, samples of every process of ours are left there, and the
    functions that use the most CPU time are printed.
    """
    with tempfile.TemporaryDirectory(prefix="quanzi-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        profiles = Path(environ[PROFILE]).absolute() if PROFILE in environ else None
        with platform_up(folder, profiles) as running:
            yield running
    for profile in sorted(profiles.glob("*.json")) if profiles else ():
        _show(profile)


def _show(profile: Path) -> None:
    shares = json.loads(profile.read_text())
    print(f"\n{profile.stem}: {shares['samples']} samples")
    for kind in ("alone", "with_callees"):
        print(f"  {kind}")
        for place, samples in Counter(shares[kind]).most_common(25):
            print(f"  {samples / shares['samples']:6.1%}  {place}")
