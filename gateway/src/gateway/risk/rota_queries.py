"""Reading the rota: who is on duty when, what is missing."""

from datetime import datetime
from typing import Annotated

import strawberry

from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid, uuid_of
from gateway.risk.rota import (
    CoverageSpan,
    Moderator,
    RotaGap,
    RotaPolicy,
    Shift,
    ShiftSwap,
    ShiftSwapStatus,
    ShiftTemplate,
)
from gateway.risk.types import ModeratorTask
from gateway.segmentation.arguments import InGroup
from gateway.values import number, timestamp
from quanzi.risk.v1 import rota_pb2

OfStaff = Annotated[str | None, strawberry.argument(description="Only of this moderator, by staff id.")]


@strawberry.type
class RotaQueries:
    @resolved("Moderators on the rota (群管理员), by staff id.")
    async def moderators(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Moderator] | None:
        request = rota_pb2.ListModeratorsRequest(page=page(info, first, after))
        answer = await info.context.clients.rota.ListModerators(request)
        return connection(map(Moderator.of, answer.moderators), answer.page_info, after)

    @resolved("Weekly shifts (周班次) that go on, in order of the week.")
    async def shift_templates(
        self, info: Info, group: InGroup = None, staff_id: OfStaff = None
    ) -> list[ShiftTemplate] | None:
        request = rota_pb2.ListShiftTemplatesRequest(
            group_id=optional_uuid(group, "Group", "group"), staff_id=staff_id or ""
        )
        answer = await info.context.clients.rota.ListShiftTemplates(request)
        return [ShiftTemplate.of(template) for template in answer.templates]

    @resolved("Shifts (班次) that touch a time, in order, cancelled ones too.")
    async def shifts(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        from_at: Annotated[datetime | None, strawberry.argument(description="Null: now.")] = None,
        until_at: Annotated[datetime | None, strawberry.argument(description="Null: a year later.")] = None,
        group: InGroup = None,
        staff_id: OfStaff = None,
    ) -> Connection[Shift] | None:
        request = rota_pb2.ListShiftsRequest(
            page=page(info, first, after),
            from_at=timestamp(from_at) if from_at else None,
            until_at=timestamp(until_at) if until_at else None,
            group_id=optional_uuid(group, "Group", "group"),
            staff_id=staff_id or "",
        )
        answer = await info.context.clients.rota.ListShifts(request)
        return connection(map(Shift.of, answer.shifts), answer.page_info, after)

    @resolved("Who is on duty in a group in the hours to be covered (值班覆盖), in order.")
    async def coverage(
        self,
        info: Info,
        group: Annotated[strawberry.ID, strawberry.argument(description="Which group.")],
        from_at: Annotated[datetime, strawberry.argument(description="From then on,")],
        until_at: Annotated[datetime, strawberry.argument(description="until then, at most 31 days later.")],
    ) -> list[CoverageSpan] | None:
        request = rota_pb2.ListCoverageRequest(
            from_at=timestamp(from_at),
            until_at=timestamp(until_at),
            group_id=uuid_of(group, "Group", "group"),
        )
        answer = await info.context.clients.rota.ListCoverage(request)
        return [CoverageSpan.of(span) for span in answer.spans]

    @resolved("Times for which groups have too few moderators (值班缺口), the latest first.")
    async def rota_gaps(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        group: InGroup = None,
        closed: Annotated[bool, strawberry.argument(description="Closed ones too.")] = False,
    ) -> Connection[RotaGap] | None:
        request = rota_pb2.ListRotaGapsRequest(
            page=page(info, first, after), group_id=optional_uuid(group, "Group", "group"), closed=closed
        )
        answer = await info.context.clients.rota.ListRotaGaps(request)
        return connection(map(RotaGap.of, answer.gaps), answer.page_info, after)

    @resolved("Who is on duty now (当前值班).")
    async def on_duty(self, info: Info, group: InGroup = None) -> list[Shift] | None:
        request = rota_pb2.ListOnDutyRequest(group_id=optional_uuid(group, "Group", "group"))
        answer = await info.context.clients.rota.ListOnDuty(request)
        return [Shift.of(shift) for shift in answer.shifts]

    @resolved("Moderator tasks of the groups in which you are on duty now (值班任务), by deadline.")
    async def duty_tasks(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[ModeratorTask] | None:
        request = rota_pb2.ListDutyTasksRequest(page=page(info, first, after))
        answer = await info.context.clients.rota.ListDutyTasks(request)
        return connection(map(ModeratorTask.of, answer.tasks), answer.page_info, after)

    @resolved("Shifts offered to colleagues (换班), the latest first.")
    async def shift_swaps(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        status: Annotated[
            ShiftSwapStatus | None, strawberry.argument(description="Only in this state.")
        ] = None,
        staff_id: Annotated[
            str | None, strawberry.argument(description="Only offered by, or to, this moderator.")
        ] = None,
    ) -> Connection[ShiftSwap] | None:
        request = rota_pb2.ListShiftSwapsRequest(
            page=page(info, first, after), status=number(status), staff_id=staff_id or ""
        )
        answer = await info.context.clients.rota.ListShiftSwaps(request)
        return connection(map(ShiftSwap.of, answer.swaps), answer.page_info, after)

    @resolved("The policy of the rota in force.")
    async def rota_policy(self, info: Info) -> RotaPolicy | None:
        answer = await info.context.clients.rota.GetRotaPolicy(rota_pb2.GetRotaPolicyRequest())
        return RotaPolicy.of(answer.policy)
