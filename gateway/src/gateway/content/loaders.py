"""Loaders over the batch calls of content."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from strawberry.dataloader import DataLoader

from gateway.clients import Clients
from gateway.content.types import ContactBudget, Item, Plan, Post
from gateway.loading import by_argument, loader
from quanzi.content.v1 import items_pb2, plans_pb2

_PLANS_PER_CALL = 100


class ContentLoaders:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def plan(self, uuid: str) -> Plan | None:
        """None for an empty uuid."""
        return await self.plans.load(uuid) if uuid else None

    @cached_property
    def items(self) -> DataLoader[str, Item | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Item]:
            answer = await self._clients.items.BatchGetItems(items_pb2.BatchGetItemsRequest(ids=ids))
            return {item.id: Item.of(item) for item in answer.items}

        return loader(fetch)

    @cached_property
    def plans(self) -> DataLoader[str, Plan | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Plan]:
            answer = await self._clients.plans.BatchGetPlans(plans_pb2.BatchGetPlansRequest(ids=ids))
            return {plan.id: Plan.of(plan) for plan in answer.plans}

        return loader(fetch, _PLANS_PER_CALL)

    @cached_property
    def posts(self) -> DataLoader[str, Post | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Post]:
            answer = await self._clients.plans.BatchGetPosts(plans_pb2.BatchGetPostsRequest(ids=ids))
            return {post.id: Post.of(post) for post in answer.posts}

        return loader(fetch)

    @cached_property
    def contact_budgets(self) -> DataLoader[tuple[str, str], ContactBudget | None]:
        """By group and month."""

        async def fetch(keys: list[tuple[str, str]]) -> Mapping[tuple[str, str], ContactBudget]:
            found: dict[tuple[str, str], ContactBudget] = {}
            for month, ids in by_argument(keys).items():
                request = plans_pb2.BatchGetContactBudgetsRequest(group_ids=ids, month=month)
                answer = await self._clients.plans.BatchGetContactBudgets(request)
                found |= {(budget.group_id, month): ContactBudget.of(budget) for budget in answer.budgets}
            return found

        return loader(fetch)
