"""Versions of a policy in memory."""

from datetime import datetime
from typing import Generic

from risk.application.policy_ports import P
from risk.domain.errors import StaleVersion


class FakePolicies(Generic[P]):
    """`stored` holds the default as well."""

    def __init__(self, stored: list[P]) -> None:
        self._stored = stored

    async def current(self) -> P:
        return self._stored[-1]

    async def add(self, policy: P, now: datetime) -> None:
        if policy.version in {stored.version for stored in self._stored}:
            raise StaleVersion("changed")
        self._stored.append(policy)
