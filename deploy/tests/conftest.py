from __future__ import annotations

import pytest

from .manifests import Manifests, render


@pytest.fixture(scope="session")
def production() -> Manifests:
    return Manifests.of(render("overlays/production").stdout)


@pytest.fixture(scope="session")
def base() -> Manifests:
    return Manifests.of(render("base").stdout)
