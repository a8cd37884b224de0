"""Loaders over the batch calls of segmentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeAlias

from strawberry.dataloader import DataLoader

from gateway.clients import Clients
from gateway.loading import by_argument, loader, many_loader
from gateway.segmentation.types import DailyFacts, Group, GroupIndicators, Member, Membership
from quanzi.segmentation.v1 import groups_pb2, indicators_pb2, members_pb2

# First and last local date, YYYY-MM-DD.
Window: TypeAlias = tuple[str, str]

_GROUPS_PER_CALL = 100


class SegmentationLoaders:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def member(self, uuid: str) -> Member | None:
        """None for an empty uuid."""
        return await self.members.load(uuid) if uuid else None

    async def group(self, uuid: str) -> Group | None:
        """None for an empty uuid."""
        return await self.groups.load(uuid) if uuid else None

    @cached_property
    def members(self) -> DataLoader[str, Member | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Member]:
            answer = await self._clients.members.BatchGetMembers(members_pb2.BatchGetMembersRequest(ids=ids))
            return {member.id: Member.of(member) for member in answer.members}

        return loader(fetch)

    @cached_property
    def groups(self) -> DataLoader[str, Group | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Group]:
            answer = await self._clients.groups.BatchGetGroups(groups_pb2.BatchGetGroupsRequest(ids=ids))
            return {group.id: Group.of(group) for group in answer.groups}

        return loader(fetch)

    @cached_property
    def memberships(self) -> DataLoader[str, list[Membership]]:
        async def fetch(ids: list[str]) -> Iterable[tuple[str, Membership]]:
            request = members_pb2.BatchListMembershipsRequest(member_ids=ids)
            answer = await self._clients.members.BatchListMemberships(request)
            return ((stay.member_id, Membership.of(stay)) for stay in answer.memberships)

        return many_loader(fetch)

    @cached_property
    def indicators(self) -> DataLoader[tuple[str, Window], GroupIndicators | None]:
        async def fetch(keys: list[tuple[str, Window]]) -> Mapping[tuple[str, Window], GroupIndicators]:
            found: dict[tuple[str, Window], GroupIndicators] = {}
            for window, ids in by_argument(keys).items():
                request = indicators_pb2.BatchGetGroupIndicatorsRequest(
                    group_ids=ids, from_date=window[0], to_date=window[1]
                )
                answer = await self._clients.indicators.BatchGetGroupIndicators(request)
                found |= {(group.group_id, window): GroupIndicators.of(group) for group in answer.groups}
            return found

        return loader(fetch, _GROUPS_PER_CALL)

    @cached_property
    def daily_facts(self) -> DataLoader[tuple[str, Window], list[DailyFacts]]:
        async def fetch(keys: list[tuple[str, Window]]) -> Iterable[tuple[tuple[str, Window], DailyFacts]]:
            found = []
            for window, ids in by_argument(keys).items():
                request = indicators_pb2.BatchListDailyFactsRequest(
                    group_ids=ids, from_date=window[0], to_date=window[1]
                )
                answer = await self._clients.indicators.BatchListDailyFacts(request)
                found += [((facts.group_id, window), DailyFacts.of(facts)) for facts in answer.facts]
            return found

        return many_loader(fetch, _GROUPS_PER_CALL)
