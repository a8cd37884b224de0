import pytest
from xdist.dsession import Producer
from xdist.scheduler import LoadScopeScheduling

import gateway  # noqa: F401 the package, before pytest takes the folder of that name for it

pytest_plugins = ["chassis.testing"]
WHOLE_PLATFORM = ("tests/chaos/", "tests/e2e/")
LONG = (*WHOLE_PLATFORM, "tests/oracle/", "services/segmentation/tests/integration/", "deploy/local/tests/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: in the end no worker is left alone with it."""
    items.sort(key=lambda item: next((n for n, long in enumerate(LONG) if item.nodeid.startswith(long)), 9))


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    """A worker takes a file at a time, and all that needs the whole platform: so it is started once."""

    def _split_scope(self, nodeid: str) -> str:
        return "platform" if nodeid.startswith(WHOLE_PLATFORM) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return Scheduling(config, log)
