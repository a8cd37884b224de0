from collections.abc import AsyncIterator

import pytest

from chassis.testbed.servers import NatsForTests, PostgresForTests

from .harness.whole_platform import Platform


@pytest.fixture(scope="session")
async def running_platform(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresForTests, nats_server: NatsForTests
) -> AsyncIterator[Platform]:
    whole = Platform(tmp_path_factory.mktemp("platform"), postgres_server, nats_server)
    try:
        await whole.start()
        yield whole
    finally:
        whole.close()


@pytest.fixture
async def platform(running_platform: Platform) -> Platform:
    """All six processes, running; one that a test left dead is started again."""
    await running_platform.run(*running_platform.dead())
    return running_platform
