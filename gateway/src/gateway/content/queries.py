"""Reading the library, plans and posts."""

from typing import Annotated

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.content.types import ContentType, Item, ItemStatus, Plan, Post, PostStatus
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid
from gateway.segmentation.arguments import InGroup
from gateway.values import number
from quanzi.content.v1 import items_pb2, plans_pb2


@strawberry.type
class ContentQueries:
    @resolved("The library (内容库), newest first.")
    async def items(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        type: Annotated[ContentType | None, strawberry.argument(description="Only of this type.")] = None,
        status: Annotated[ItemStatus | None, strawberry.argument(description="Only in this state.")] = None,
    ) -> Connection[Item] | None:
        request = items_pb2.ListItemsRequest(
            page=page(info, first, after), type=number(type), status=number(status)
        )
        answer = await info.context.clients.items.ListItems(request)
        return connection(map(Item.of, answer.items), answer.page_info, after)

    @resolved("Content plans (内容计划), newest first.")
    async def plans(self, info: Info, first: First = 20, after: After = None) -> Connection[Plan] | None:
        answer = await info.context.clients.plans.ListPlans(
            plans_pb2.ListPlansRequest(page=page(info, first, after))
        )
        return connection(map(Plan.of, answer.plans), answer.page_info, after)

    @resolved("Posts (推文) by due time; filters combine with `and`.")
    async def posts(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        plan: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this plan.")] = None,
        group: InGroup = None,
        status: Annotated[PostStatus | None, strawberry.argument(description="Only in this state.")] = None,
    ) -> Connection[Post] | None:
        request = plans_pb2.ListPostsRequest(
            page=page(info, first, after),
            plan_id=optional_uuid(plan, "Plan", "plan"),
            group_id=optional_uuid(group, "Group", "group"),
            status=number(status),
        )
        answer = await info.context.clients.plans.ListPosts(request)
        return connection(map(Post.of, answer.posts), answer.page_info, after)
