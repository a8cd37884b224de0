"""What use cases need of policies."""

from datetime import datetime
from typing import Protocol, TypeVar

from risk.domain.versioned_policy import VersionedPolicy

P = TypeVar("P", bound=VersionedPolicy)


class Policies(Protocol[P]):
    """The tenant's versions of one policy."""

    async def current(self) -> P:
        """The newest, or the default."""
        ...

    async def add(self, policy: P, now: datetime) -> None:
        """Raises StaleVersion if that version exists."""
        ...
