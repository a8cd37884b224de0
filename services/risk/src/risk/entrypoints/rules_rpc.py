"""RuleService: translate, open one transaction, call one use case, translate back."""

from datetime import date
from typing import Any
from uuid import UUID

import grpc

from chassis.clock import Clock
from chassis.identity import caller
from chassis.ids import optional_id
from chassis.paging import PageRequest
from quanzi.risk.v1 import rules_pb2 as pb
from quanzi.risk.v1.rules_pb2_grpc import RuleServiceServicer
from risk.application.assign_moderator_task import assign_moderator_task
from risk.application.measure_response_times import compare_response_times, response_series
from risk.application.ports import Transactions
from risk.application.preview_rules import preview_rules
from risk.application.read_points import point_balances, point_entries
from risk.application.reverse_act import reverse_act
from risk.application.update_rule_set import update_group_rules, update_rule_set
from risk.domain.errors import InvalidPeriod
from risk.domain.response_times import Responder, ResponseGrain
from risk.domain.rule_set import GroupRules, RuleSet
from risk.entrypoints.rules_wire import (
    comparison_to_wire,
    entry_to_wire,
    group_rules_to_wire,
    point_to_wire,
    preview_to_wire,
    rule_set_to_wire,
    rules_of,
)
from risk.entrypoints.wire import task_to_wire

Context = grpc.aio.ServicerContext[Any, Any]


class RulesRpc(RuleServiceServicer):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    async def GetRuleSet(self, request: pb.GetRuleSetRequest, context: Context) -> pb.GetRuleSetResponse:
        async with self._transactions(caller().tenant_id) as uow:
            return pb.GetRuleSetResponse(rule_set=rule_set_to_wire(await uow.rule_sets.current()))

    async def ListRuleSets(
        self, request: pb.ListRuleSetsRequest, context: Context
    ) -> pb.ListRuleSetsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await uow.rule_sets.page(PageRequest.of(request.page))
        return pb.ListRuleSetsResponse(
            rule_sets=[rule_set_to_wire(rule_set) for rule_set in page.items], page_info=page.info()
        )

    async def UpdateRuleSet(
        self, request: pb.UpdateRuleSetRequest, context: Context
    ) -> pb.UpdateRuleSetResponse:
        now, identity = self._clock(), caller()
        wanted = RuleSet(0, rules_of(request.rules), request.strikes_per_rule, request.reminder_minutes)
        async with self._transactions(identity.tenant_id) as uow:
            rule_set = await update_rule_set(uow, wanted, request.expected_version, identity.subject, now)
        return pb.UpdateRuleSetResponse(rule_set=rule_set_to_wire(rule_set))

    async def GetGroupRules(
        self, request: pb.GetGroupRulesRequest, context: Context
    ) -> pb.GetGroupRulesResponse:
        group_id = UUID(request.group_id)
        async with self._transactions(caller().tenant_id) as uow:
            rule_set = await uow.rule_sets.current()
            own = (await uow.rule_sets.of_groups([group_id])).get(group_id, GroupRules(group_id))
        return pb.GetGroupRulesResponse(group_rules=group_rules_to_wire(own, rule_set))

    async def UpdateGroupRules(
        self, request: pb.UpdateGroupRulesRequest, context: Context
    ) -> pb.UpdateGroupRulesResponse:
        now, identity = self._clock(), caller()
        wanted = GroupRules(UUID(request.group_id), rules=rules_of(request.rules))
        async with self._transactions(identity.tenant_id) as uow:
            own = await update_group_rules(uow, wanted, request.expected_version, identity.subject, now)
            rule_set = await uow.rule_sets.current()
        return pb.UpdateGroupRulesResponse(group_rules=group_rules_to_wire(own, rule_set))

    async def PreviewRules(
        self, request: pb.PreviewRulesRequest, context: Context
    ) -> pb.PreviewRulesResponse:
        rules, group_id = rules_of(request.rules), optional_id(request.group_id)
        async with self._transactions(caller().tenant_id) as uow:
            preview = await preview_rules(uow, rules, group_id, request.days, self._clock())
        return preview_to_wire(preview)

    async def ListPointEntries(
        self, request: pb.ListPointEntriesRequest, context: Context
    ) -> pb.ListPointEntriesResponse:
        async with self._transactions(caller().tenant_id) as uow:
            page = await point_entries(uow, UUID(request.member_id), PageRequest.of(request.page))
        return pb.ListPointEntriesResponse(
            entries=[entry_to_wire(entry) for entry in page.items], page_info=page.info()
        )

    async def BatchGetPointBalances(
        self, request: pb.BatchGetPointBalancesRequest, context: Context
    ) -> pb.BatchGetPointBalancesResponse:
        async with self._transactions(caller().tenant_id) as uow:
            balances = await point_balances(uow, [UUID(member_id) for member_id in request.member_ids])
        return pb.BatchGetPointBalancesResponse(
            balances=[
                pb.PointBalance(member_id=str(member_id), points=points)
                for member_id, points in balances.items()
            ]
        )

    async def ReversePoints(
        self, request: pb.ReversePointsRequest, context: Context
    ) -> pb.ReversePointsResponse:
        async with self._transactions(caller().tenant_id) as uow:
            entries = await reverse_act(uow, UUID(request.activity_id), self._clock())
        return pb.ReversePointsResponse(entries=[entry_to_wire(entry) for entry in entries])

    async def AssignModeratorTask(
        self, request: pb.AssignModeratorTaskRequest, context: Context
    ) -> pb.AssignModeratorTaskResponse:
        async with self._transactions(caller().tenant_id) as uow:
            task = await assign_moderator_task(uow, UUID(request.task_id), request.assignee, self._clock())
        return pb.AssignModeratorTaskResponse(task=task_to_wire(task))

    async def ListResponseTimes(
        self, request: pb.ListResponseTimesRequest, context: Context
    ) -> pb.ListResponseTimesResponse:
        from_date, to_date = _date(request.from_date, "from_date"), _date(request.to_date, "to_date")
        grain, by = ResponseGrain(request.grain), Responder(request.by)
        async with self._transactions(caller().tenant_id) as uow:
            group_id = optional_id(request.group_id)
            points = await response_series(uow, from_date, to_date, grain, by, group_id)
        return pb.ListResponseTimesResponse(points=[point_to_wire(point) for point in points])

    async def CompareResponseTimes(
        self, request: pb.CompareResponseTimesRequest, context: Context
    ) -> pb.CompareResponseTimesResponse:
        on, by = _date(request.date, "date"), Responder(request.by)
        async with self._transactions(caller().tenant_id) as uow:
            compared = await compare_response_times(uow, on, request.days, by)
        return pb.CompareResponseTimesResponse(comparisons=[comparison_to_wire(it) for it in compared])


def _date(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidPeriod(f"{text!r} is no day as YYYY-MM-DD", field) from error
