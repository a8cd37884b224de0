"""Reading rules, trying them, points, and how fast breaches are handled."""

from datetime import date
from typing import Annotated

import strawberry

from gateway.clients import WHOLE_TENANT
from gateway.connections import After, Connection, First, connection, page
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid, uuid_of, uuids_of
from gateway.risk.response_times import Responder, ResponseComparison, ResponsePoint
from gateway.risk.rules import GroupRules, PointBalance, PointEntry, RuleSet, RulesPreview
from gateway.risk.rules_inputs import GroupRuleInput, to_wire
from gateway.segmentation.arguments import FromDate, InGroup, ToDate
from gateway.segmentation.series import OfGrain
from gateway.values import number
from quanzi.risk.v1 import rules_pb2

OfOneMember = Annotated[strawberry.ID, strawberry.argument(description="Whose.")]
By = Annotated[Responder, strawberry.argument(description="Whose response times.")]


@strawberry.type
class RuleQueries:
    @resolved("The rules of all groups in force (群规).")
    async def rule_set(self, info: Info) -> RuleSet | None:
        answer = await info.context.clients.rules.GetRuleSet(rules_pb2.GetRuleSetRequest())
        return RuleSet.of(answer.rule_set)

    @resolved("Versions of the rules but the product's, newest first.")
    async def rule_sets(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[RuleSet] | None:
        request = rules_pb2.ListRuleSetsRequest(page=page(info, first, after))
        answer = await info.context.clients.rules.ListRuleSets(request)
        return connection(map(RuleSet.of, answer.rule_sets), answer.page_info, after)

    @resolved("What is different in a group, and all that is in force there.")
    async def group_rules(
        self, info: Info, group: Annotated[strawberry.ID, strawberry.argument(description="Where.")]
    ) -> GroupRules | None:
        request = rules_pb2.GetGroupRulesRequest(group_id=uuid_of(group, "Group", "group"))
        answer = await info.context.clients.rules.GetGroupRules(request)
        return GroupRules.of(answer.group_rules)

    @resolved(
        "Which messages of the last days would break other rules than now (试算), quotas counted anew; "
        "nothing is stored."
    )
    async def rules_preview(
        self,
        info: Info,
        rules: Annotated[list[GroupRuleInput], strawberry.argument(description="Up to 100.")],
        group: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="As what is different there; null: as the rules of all groups."),
        ] = None,
        days: Annotated[int, strawberry.argument(description="1 to 90.")] = 7,
    ) -> RulesPreview | None:
        request = rules_pb2.PreviewRulesRequest(
            rules=to_wire(rules), group_id=optional_uuid(group, "Group", "group"), days=days
        )
        preview = info.context.clients.rules.PreviewRules(request, timeout=WHOLE_TENANT)
        return RulesPreview.of(await preview)

    @resolved("A member's ledger of points (积分流水), newest first.")
    async def point_entries(
        self, info: Info, member: OfOneMember, first: First = 20, after: After = None
    ) -> Connection[PointEntry] | None:
        request = rules_pb2.ListPointEntriesRequest(
            page=page(info, first, after), member_id=uuid_of(member, "Member", "member")
        )
        answer = await info.context.clients.rules.ListPointEntries(request)
        return connection(map(PointEntry.of, answer.entries), answer.page_info, after)

    @resolved("Points of members (积分余额).")
    async def point_balances(
        self,
        info: Info,
        members: Annotated[list[strawberry.ID], strawberry.argument(description="1 to 500 members.")],
    ) -> list[PointBalance] | None:
        request = rules_pb2.BatchGetPointBalancesRequest(member_ids=uuids_of(members, "Member", "members"))
        answer = await info.context.clients.rules.BatchGetPointBalances(request)
        return [PointBalance.of(balance) for balance in answer.balances]

    @resolved("How fast violations are handled (处置时效), ready to plot; steps in order.")
    async def response_times(
        self,
        info: Info,
        from_date: FromDate,
        to_date: ToDate,
        grain: OfGrain,
        by: By = Responder.TENANT,
        group: InGroup = None,
    ) -> list[ResponsePoint] | None:
        request = rules_pb2.ListResponseTimesRequest(
            from_date=from_date.isoformat(),
            to_date=to_date.isoformat(),
            grain=number(grain),
            by=number(by),
            group_id=optional_uuid(group, "Group", "group"),
        )
        answer = await info.context.clients.rules.ListResponseTimes(request)
        return [ResponsePoint.of(point, by) for point in answer.points]

    @resolved("Response times before and after a date (前后对比), as when another shift plan began.")
    async def response_times_compared(
        self,
        info: Info,
        on: Annotated[date, strawberry.argument(name="date", description="The first local day after.")],
        days: Annotated[int, strawberry.argument(description="So many before and after, 1 to 366.")] = 30,
        by: By = Responder.TENANT,
    ) -> list[ResponseComparison] | None:
        request = rules_pb2.CompareResponseTimesRequest(date=on.isoformat(), days=days, by=number(by))
        answer = await info.context.clients.rules.CompareResponseTimes(request)
        return [ResponseComparison.of(comparison, by) for comparison in answer.comparisons]
