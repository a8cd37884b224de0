"""Reading opinion incidents, what was said, and the policy."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid
from gateway.risk.opinions import OpinionIncident, OpinionIncidentStatus, OpinionPoint
from gateway.risk.opinions_policy import OpinionPolicy
from gateway.segmentation.arguments import InGroup
from gateway.values import number, timestamp
from quanzi.risk.v1 import opinions_pb2


@strawberry.enum(description="How long a step of a series is.")
class OpinionStepLength(Enum):
    FIVE_MINUTES = strawberry.enum_value(5, description="5 分钟")
    QUARTER = strawberry.enum_value(15, description="15 分钟: as long as the short window is by default.")
    HOUR = strawberry.enum_value(60, description="1 小时")


@strawberry.type
class OpinionQueries:
    @resolved("Opinion incidents (舆情事件), newest first; filters combine with `and`.")
    async def opinion_incidents(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        statuses: Annotated[
            list[OpinionIncidentStatus] | None, strawberry.argument(description="Only in these states.")
        ] = None,
        group: InGroup = None,
    ) -> Connection[OpinionIncident] | None:
        request = opinions_pb2.ListOpinionIncidentsRequest(
            page=page(info, first, after),
            statuses=[number(status) for status in statuses or ()],
            group_id=optional_uuid(group, "Group", "group"),
        )
        answer = await info.context.clients.opinions.ListOpinionIncidents(request)
        return connection(map(OpinionIncident.of, answer.incidents), answer.page_info, after)

    @resolved("What was said beside what is usual (舆情走势), ready to plot; at most 700 steps.")
    async def opinion_series(
        self,
        info: Info,
        since: Annotated[datetime, strawberry.argument(description="From the five minutes of this moment,")],
        until: Annotated[datetime, strawberry.argument(description="until before this one.")],
        step: Annotated[
            OpinionStepLength, strawberry.argument(description="How long a step is.")
        ] = OpinionStepLength.QUARTER,
        group: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of this group; null: of all together.")
        ] = None,
    ) -> list[OpinionPoint] | None:
        request = opinions_pb2.GetOpinionSeriesRequest(
            group_id=optional_uuid(group, "Group", "group"),
            since=timestamp(since),
            until=timestamp(until),
            step_minutes=number(step),
        )
        answer = await info.context.clients.opinions.GetOpinionSeries(request)
        return [OpinionPoint.of(point) for point in answer.points]

    @resolved("The policy of the watch on opinion in force.")
    async def opinion_policy(self, info: Info) -> OpinionPolicy | None:
        answer = await info.context.clients.opinions.GetOpinionPolicy(opinions_pb2.GetOpinionPolicyRequest())
        return OpinionPolicy.of(answer.policy)
