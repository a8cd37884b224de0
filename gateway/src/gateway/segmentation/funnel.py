"""The funnel: reached, of these clicked, of these ordered."""

from enum import Enum
from typing import Annotated, Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid, uuids_of
from gateway.segmentation.arguments import FromDate, InGroups, ToDate
from gateway.values import by_number, optional
from quanzi.segmentation.v1 import indicators_pb2


@strawberry.enum(description="Steps of the funnel, in this order.")
class FunnelStepKind(Enum):
    REACHED = strawberry.enum_value(
        indicators_pb2.FUNNEL_STEP_KIND_REACHED, description="触达: in a group where it was posted."
    )
    CLICKED = strawberry.enum_value(indicators_pb2.FUNNEL_STEP_KIND_CLICKED, description="点击")
    ORDERED = strawberry.enum_value(indicators_pb2.FUNNEL_STEP_KIND_ORDERED, description="下单")


FUNNEL_STEP_KINDS = by_number(FunnelStepKind)


@strawberry.type(description="Distinct members who came so far, each also through the steps before.")
class FunnelStep:
    kind: FunnelStepKind = strawberry.field(description="Which step.")
    members: int = strawberry.field(description="Members who came so far.")
    of_previous: float | None = strawberry.field(
        description="Share of the step before, 0 to 1; null for the first, or if nobody came so far."
    )
    of_first: float | None = strawberry.field(
        description="Share of the first step, 0 to 1; null if nobody was reached."
    )

    @classmethod
    def of(cls, step: indicators_pb2.FunnelStep) -> Self:
        return cls(
            kind=FUNNEL_STEP_KINDS[step.kind],
            members=step.members,
            of_previous=optional(step, "of_previous"),
            of_first=optional(step, "of_first"),
        )


@strawberry.type
class FunnelQueries:
    @resolved("Reached, of these clicked, of these ordered (转化漏斗).")
    async def funnel(
        self,
        info: Info,
        from_date: FromDate,
        to_date: ToDate,
        groups: InGroups = None,
        post: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this post.")] = None,
        campaign: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this campaign.")
        ] = None,
    ) -> list[FunnelStep] | None:
        request = indicators_pb2.GetFunnelRequest(
            group_ids=uuids_of(groups, "Group", "groups"),
            from_date=from_date.isoformat(),
            to_date=to_date.isoformat(),
            post_id=optional_uuid(post, "Post", "post"),
            campaign_id=optional_uuid(campaign, "Campaign", "campaign"),
        )
        answer = await info.context.clients.indicators.GetFunnel(request)
        return [FunnelStep.of(step) for step in answer.steps]
