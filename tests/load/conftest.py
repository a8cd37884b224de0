from __future__ import annotations

import pstats
import tempfile
from collections.abc import Iterator
from os import environ
from pathlib import Path

import pytest

from .report import Report
from .running import Platform, platform_up

PROFILE = "QUANZI_BENCH_PROFILE"


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    report = Report()
    yield report
    if PROFILE not in environ:  # a profiled run is slower than the platform is
        report.write()


@pytest.fixture(scope="session")
def platform(report: Report) -> Iterator[Platform]:
    """One platform for all benchmarks of a run. With QUANZI_BENCH_PROFILE set, profiled by cProfile."""
    with tempfile.TemporaryDirectory(prefix="quanzi-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        profiles = folder if PROFILE in environ else None
        with platform_up(folder, profiles) as running:
            yield running
        for profile in sorted(folder.glob("*.prof")):
            print(f"\n{profile.stem}")
            pstats.Stats(str(profile)).sort_stats("tottime").print_stats(25)
