"""Changing rules, giving tasks to somebody, taking points back."""

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import Input, Payload, mutation, payload
from gateway.risk.rules import GroupRules, PointEntry, RuleSet
from gateway.risk.rules_inputs import GroupRuleInput, to_wire
from gateway.risk.types import ModeratorTask
from gateway.segmentation.known import known_group
from quanzi.risk.v1 import rules_pb2

_VERSION = "Version you read; another one is refused."


@strawberry.input(description="Input of `ruleSetUpdate`.")
class RuleSetUpdateInput:
    rules: list[GroupRuleInput] = strawberry.field(
        description="All rules, up to 100; where several apply, the first one counts."
    )
    strikes_per_rule: bool = strawberry.field(
        description="Strikes count by rule, not all together.", default=False
    )
    reminder_minutes: int = strawberry.field(
        description="So long before its deadline a moderator task is reminded of; 0: never.", default=15
    )
    expected_version: int = strawberry.field(description=_VERSION)


@payload("STALE_VERSION", "INVALID_RULE")
class RuleSetUpdatePayload(Payload):
    rule_set: RuleSet | None = strawberry.field(description="The new version.", default=None)


@strawberry.input(description="Input of `groupRulesUpdate`.")
class GroupRulesUpdateInput:
    group: strawberry.ID = strawberry.field(description="Where.")
    rules: list[GroupRuleInput] = strawberry.field(
        description="All that is different there, up to 100 rules; none: nothing is."
    )
    expected_version: int = strawberry.field(description=_VERSION)


@payload("STALE_VERSION", "INVALID_RULE")
class GroupRulesUpdatePayload(Payload):
    group_rules: GroupRules | None = strawberry.field(description="As they are now.", default=None)


@strawberry.input(description="Input of `moderatorTaskAssign`.")
class ModeratorTaskAssignInput:
    task: strawberry.ID = strawberry.field(description="The task.")
    assignee: str = strawberry.field(description="Subject of whoever is to act; empty: anybody.", default="")


@payload("MODERATOR_TASK_NOT_PENDING")
class ModeratorTaskAssignPayload(Payload):
    task: ModeratorTask | None = strawberry.field(description="The task.", default=None)


@strawberry.input(description="Input of `pointsReverse`.")
class PointsReverseInput:
    activity_id: str = strawberry.field(description="Activity id of the act, as when the post was removed.")


@payload(activity_id="activityId")
class PointsReversePayload(Payload):
    entries: list[PointEntry] | None = strawberry.field(
        description="The entries that take it back; empty if it earned nothing.", default=None
    )


@strawberry.type
class RuleMutations:
    @mutation("Replaces the rules of all groups (更新群规); they hold from the next message on.")
    async def rule_set_update(
        self, info: Info, input: Input[RuleSetUpdateInput]
    ) -> RuleSetUpdatePayload | None:
        request = rules_pb2.UpdateRuleSetRequest(
            rules=to_wire(input.rules),
            strikes_per_rule=input.strikes_per_rule,
            reminder_minutes=input.reminder_minutes,
            expected_version=input.expected_version,
        )
        answer = await info.context.clients.rules.UpdateRuleSet(request)
        return RuleSetUpdatePayload(rule_set=RuleSet.of(answer.rule_set))

    @mutation("Replaces what is different in a group (单群规则).")
    async def group_rules_update(
        self, info: Info, input: Input[GroupRulesUpdateInput]
    ) -> GroupRulesUpdatePayload | None:
        request = rules_pb2.UpdateGroupRulesRequest(
            group_id=await known_group(info, input.group),
            rules=to_wire(input.rules),
            expected_version=input.expected_version,
        )
        answer = await info.context.clients.rules.UpdateGroupRules(request)
        return GroupRulesUpdatePayload(group_rules=GroupRules.of(answer.group_rules))

    @mutation("Gives a task that waits to somebody (转派), or back to anybody.")
    async def moderator_task_assign(
        self, info: Info, input: Input[ModeratorTaskAssignInput]
    ) -> ModeratorTaskAssignPayload | None:
        request = rules_pb2.AssignModeratorTaskRequest(
            task_id=uuid_of(input.task, "ModeratorTask", "task"), assignee=input.assignee
        )
        answer = await info.context.clients.rules.AssignModeratorTask(request)
        return ModeratorTaskAssignPayload(task=ModeratorTask.of(answer.task))

    @mutation("Takes back what an act earned (积分冲正), once, however often it is asked.")
    async def points_reverse(
        self, info: Info, input: Input[PointsReverseInput]
    ) -> PointsReversePayload | None:
        request = rules_pb2.ReversePointsRequest(activity_id=input.activity_id)
        answer = await info.context.clients.rules.ReversePoints(request)
        return PointsReversePayload(entries=[PointEntry.of(entry) for entry in answer.entries])
