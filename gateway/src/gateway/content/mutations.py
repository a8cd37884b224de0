"""Items from draft to approval; plans and their posts to delivery."""

from datetime import date, datetime

import strawberry

from gateway.content.types import ContentFormat, ContentType, DeliveryOutcome, Item, Plan, Post
from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.segmentation.known import known_groups
from gateway.values import number, timestamp
from quanzi.content.v1 import items_pb2, plans_pb2

_ITEM = "The item after the step."


@strawberry.input(description="Input of `itemCreate`.")
class ItemCreateInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    external_reference: str = strawberry.field(description="Your own id of it, unique.", default="")
    type: ContentType = strawberry.field(description="Content type.")
    format: ContentFormat = strawberry.field(description="How it is shown.")
    title: str = strawberry.field(description="Title, 1 to 100 characters.")
    body: str = strawberry.field(description="Text, at most 4,000 characters.", default="")
    url: str = strawberry.field(description="Image, link or mini-program path, by format.", default="")


@payload("IDEMPOTENCY_KEY_REUSED", "EXTERNAL_REFERENCE_TAKEN", "ITEM_INCOMPLETE")
class ItemCreatePayload(Payload):
    item: Item | None = strawberry.field(description="The draft.", default=None)


@strawberry.input(description="Input of `itemRevise`.")
class ItemReviseInput:
    item: strawberry.ID = strawberry.field(description="The item.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")
    title: str = strawberry.field(description="Title, 1 to 100 characters.")
    body: str = strawberry.field(description="Text, at most 4,000 characters.", default="")
    url: str = strawberry.field(description="Image, link or mini-program path, by format.", default="")


@payload("STALE_VERSION", "WRONG_ITEM_STATUS", "ITEM_INCOMPLETE")
class ItemRevisePayload(Payload):
    item: Item | None = strawberry.field(description="The new version, a draft again.", default=None)


@strawberry.input(description="Input of `itemSubmit`.")
class ItemSubmitInput:
    item: strawberry.ID = strawberry.field(description="The item.")
    version: int = strawberry.field(description="The version to hand in.")


@payload("STALE_VERSION", "WRONG_ITEM_STATUS")
class ItemSubmitPayload(Payload):
    item: Item | None = strawberry.field(description=_ITEM, default=None)


@strawberry.input(description="Input of `itemReview`.")
class ItemReviewInput:
    item: strawberry.ID = strawberry.field(description="The item.")
    version: int = strawberry.field(description="The version looked at.")
    approve: bool = strawberry.field(description="True approves, false rejects.")
    reason: str = strawberry.field(description="Needed to reject.", default="")


@payload("STALE_VERSION", "WRONG_ITEM_STATUS", "REASON_MISSING")
class ItemReviewPayload(Payload):
    item: Item | None = strawberry.field(description=_ITEM, default=None)


@strawberry.input(description="Input of `planGenerate`.")
class PlanGenerateInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    start_date: date = strawberry.field(description="First local date.")
    days: int = strawberry.field(description="1 to 31.")
    groups: list[strawberry.ID] = strawberry.field(description="1 to 200 groups.")
    posts_per_day: int = strawberry.field(description="Posts per group and day, 1 to 10.")


@payload("IDEMPOTENCY_KEY_REUSED")
class PlanGeneratePayload(Payload):
    plan: Plan | None = strawberry.field(
        description="The draft, with what it could not satisfy.", default=None
    )


@strawberry.input(description="Input of `planApprove`.")
class PlanApproveInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    plan: strawberry.ID = strawberry.field(description="The plan.")


@payload("IDEMPOTENCY_KEY_REUSED", "WRONG_PLAN_STATUS", "PLAN_OUTDATED", "CONTACT_BUDGET_EXHAUSTED")
class PlanApprovePayload(Payload):
    plan: Plan | None = strawberry.field(description="The plan.", default=None)


@strawberry.input(description="Input of `postReschedule`.")
class PostRescheduleInput:
    post: strawberry.ID = strawberry.field(description="The post.")
    due_at: datetime = strawberry.field(description="When it shall go out.")


@payload("WRONG_POST_STATUS", "NO_SUCH_SLOT", "CONTACT_BUDGET_EXHAUSTED")
class PostReschedulePayload(Payload):
    post: Post | None = strawberry.field(description="The post.", default=None)


@strawberry.input(description="Input of `postReportDelivery`.")
class PostReportDeliveryInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    post: strawberry.ID = strawberry.field(description="The post.")
    outcome: DeliveryOutcome = strawberry.field(description="What became of it.")


@payload("IDEMPOTENCY_KEY_REUSED", "WRONG_POST_STATUS")
class PostReportDeliveryPayload(Payload):
    post: Post | None = strawberry.field(description="The post.", default=None)


@strawberry.type
class ContentMutations:
    @mutation("Adds an item to the library as a draft (新建内容).")
    async def item_create(self, info: Info, input: Input[ItemCreateInput]) -> ItemCreatePayload | None:
        request = items_pb2.CreateItemRequest(
            idempotency_key=input.idempotency_key,
            external_reference=input.external_reference,
            type=number(input.type),
            format=number(input.format),
            title=input.title,
            body=input.body,
            url=input.url,
        )
        answer = await info.context.clients.items.CreateItem(request)
        return ItemCreatePayload(item=Item.of(answer.item))

    @mutation("Makes a new version of an item, a draft again (修改内容).")
    async def item_revise(self, info: Info, input: Input[ItemReviseInput]) -> ItemRevisePayload | None:
        request = items_pb2.ReviseItemRequest(
            item_id=uuid_of(input.item, "Item", "item"),
            expected_version=input.expected_version,
            title=input.title,
            body=input.body,
            url=input.url,
        )
        answer = await info.context.clients.items.ReviseItem(request)
        return ItemRevisePayload(item=Item.of(answer.item))

    @mutation("Screens a draft and hands it in for approval, or blocks it (提交审核).")
    async def item_submit(self, info: Info, input: Input[ItemSubmitInput]) -> ItemSubmitPayload | None:
        request = items_pb2.SubmitItemRequest(
            item_id=uuid_of(input.item, "Item", "item"), version=input.version
        )
        answer = await info.context.clients.items.SubmitItem(request)
        return ItemSubmitPayload(item=Item.of(answer.item))

    @mutation("Approves or rejects a submitted version (审核内容).")
    async def item_review(self, info: Info, input: Input[ItemReviewInput]) -> ItemReviewPayload | None:
        request = items_pb2.ReviewItemRequest(
            item_id=uuid_of(input.item, "Item", "item"),
            version=input.version,
            approve=input.approve,
            reason=input.reason,
        )
        answer = await info.context.clients.items.ReviewItem(request)
        return ItemReviewPayload(item=Item.of(answer.item))

    @mutation("Generates a content plan (生成内容计划): mix, slots, spacing, quiet hours, contact budget.")
    async def plan_generate(self, info: Info, input: Input[PlanGenerateInput]) -> PlanGeneratePayload | None:
        request = plans_pb2.GeneratePlanRequest(
            idempotency_key=input.idempotency_key,
            start_date=input.start_date.isoformat(),
            days=input.days,
            group_ids=await known_groups(info, input.groups),
            posts_per_day=input.posts_per_day,
        )
        answer = await info.context.clients.plans.GeneratePlan(request)
        return PlanGeneratePayload(plan=Plan.of(answer.plan))

    @mutation("Approves a plan (通过计划): its posts go out when due, their contact budget is reserved.")
    async def plan_approve(self, info: Info, input: Input[PlanApproveInput]) -> PlanApprovePayload | None:
        request = plans_pb2.ApprovePlanRequest(
            idempotency_key=input.idempotency_key, plan_id=uuid_of(input.plan, "Plan", "plan")
        )
        answer = await info.context.clients.plans.ApprovePlan(request)
        return PlanApprovePayload(plan=Plan.of(answer.plan))

    @mutation("Moves a post that is not handed out yet (调整推文时间); all constraints are checked again.")
    async def post_reschedule(
        self, info: Info, input: Input[PostRescheduleInput]
    ) -> PostReschedulePayload | None:
        request = plans_pb2.ReschedulePostRequest(
            post_id=uuid_of(input.post, "Post", "post"), due_at=timestamp(input.due_at)
        )
        answer = await info.context.clients.plans.ReschedulePost(request)
        return PostReschedulePayload(post=Post.of(answer.post))

    @mutation("Reports what became of a post that was handed out (回报发送结果).")
    async def post_report_delivery(
        self, info: Info, input: Input[PostReportDeliveryInput]
    ) -> PostReportDeliveryPayload | None:
        request = plans_pb2.ReportDeliveryRequest(
            idempotency_key=input.idempotency_key,
            post_id=uuid_of(input.post, "Post", "post"),
            outcome=number(input.outcome),
        )
        answer = await info.context.clients.plans.ReportDelivery(request)
        return PostReportDeliveryPayload(post=Post.of(answer.post))
