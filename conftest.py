import pytest

import gateway  # noqa: F401 the package, before pytest takes the folder of that name for it

pytest_plugins = ["chassis.testing"]
LONG = ("tests/oracle/", "services/segmentation/tests/integration/", "deploy/local/tests/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: in the end no worker is left alone with it."""
    items.sort(key=lambda item: next((n for n, long in enumerate(LONG) if item.nodeid.startswith(long)), 9))
