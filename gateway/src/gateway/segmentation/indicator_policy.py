"""Thresholds of indicators, of the tenant and of groups."""

from typing import Self

import strawberry

from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import optional_uuid, uuid_of
from gateway.mutation import Input, Payload, mutation, payload
from gateway.segmentation.arguments import InGroup
from gateway.segmentation.groups import Group
from gateway.segmentation.indicators import INDICATOR_KINDS, IndicatorKind
from gateway.values import number
from quanzi.segmentation.v1 import indicators_pb2

_KIND = "Of which indicator."
_HEALTHY_FROM = "Healthy at or above this."
_SAMPLE = "Unknown below this denominator, at least 1."
_RISK_MESSAGES = "At risk of leaving (流失预警) below this many messages per member in seven days."
_RISK_MEMBERS = "... in groups of at least so many members."
_ALERT_WINDOW = "Alerts look at so many complete local days, at most 90."


@strawberry.type(description="Healthy from a value on; unknown below a minimum sample.")
class IndicatorThreshold:
    kind: IndicatorKind = strawberry.field(description=_KIND)
    healthy_from: float = strawberry.field(description=_HEALTHY_FROM)
    minimum_sample: int = strawberry.field(description=_SAMPLE)

    @classmethod
    def of(cls, threshold: indicators_pb2.IndicatorThreshold) -> Self:
        return cls(
            kind=INDICATOR_KINDS[threshold.kind],
            healthy_from=threshold.healthy_from,
            minimum_sample=threshold.minimum_sample,
        )


@strawberry.type(description="Thresholds of the tenant or of one group; every change makes a new version.")
class IndicatorPolicy:
    version: int = strawberry.field(description="Counts changes; 0 is the default.")
    thresholds: list[IndicatorThreshold] = strawberry.field(description="One for each indicator.")
    risk_messages_per_member: float = strawberry.field(description=_RISK_MESSAGES)
    risk_minimum_members: int = strawberry.field(description=_RISK_MEMBERS)
    alert_window_days: int = strawberry.field(description=_ALERT_WINDOW)
    group_uuid: strawberry.Private[str]

    @resolved("The group it is for; null for the tenant.")
    async def group(self, info: Info) -> Group | None:
        return await info.context.loaders.segmentation.group(self.group_uuid)

    @classmethod
    def of(cls, policy: indicators_pb2.IndicatorPolicy) -> Self:
        return cls(
            version=policy.version,
            thresholds=[IndicatorThreshold.of(threshold) for threshold in policy.thresholds],
            risk_messages_per_member=policy.risk_messages_per_member,
            risk_minimum_members=policy.risk_minimum_members,
            alert_window_days=policy.alert_window_days,
            group_uuid=policy.group_id,
        )


@strawberry.input(description="Healthy from a value on; unknown below a minimum sample.")
class IndicatorThresholdInput:
    kind: IndicatorKind = strawberry.field(description=_KIND)
    healthy_from: float = strawberry.field(description=_HEALTHY_FROM)
    minimum_sample: int = strawberry.field(description=_SAMPLE)

    def message(self) -> indicators_pb2.IndicatorThreshold:
        return indicators_pb2.IndicatorThreshold(
            kind=number(self.kind), healthy_from=self.healthy_from, minimum_sample=self.minimum_sample
        )


@strawberry.input(description="The whole policy of a tenant or group.")
class IndicatorPolicyInput:
    thresholds: list[IndicatorThresholdInput] = strawberry.field(description="One for each indicator.")
    risk_messages_per_member: float = strawberry.field(description=_RISK_MESSAGES)
    risk_minimum_members: int = strawberry.field(description=_RISK_MEMBERS)
    alert_window_days: int = strawberry.field(description=_ALERT_WINDOW)

    def message(self, group_id: str) -> indicators_pb2.IndicatorPolicy:
        return indicators_pb2.IndicatorPolicy(
            group_id=group_id,
            thresholds=[threshold.message() for threshold in self.thresholds],
            risk_messages_per_member=self.risk_messages_per_member,
            risk_minimum_members=self.risk_minimum_members,
            alert_window_days=self.alert_window_days,
        )


@strawberry.input(description="Input of `indicatorPolicyUpdate`.")
class IndicatorPolicyUpdateInput:
    group: strawberry.ID | None = strawberry.field(
        description="The group it is for; left out for the tenant.", default=None
    )
    policy: IndicatorPolicyInput = strawberry.field(description="The new policy, whole.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")


@payload("STALE_VERSION")
class IndicatorPolicyUpdatePayload(Payload):
    policy: IndicatorPolicy | None = strawberry.field(description="The new policy.", default=None)


@strawberry.input(description="Input of `groupIndicatorPolicyRemove`.")
class GroupIndicatorPolicyRemoveInput:
    group: strawberry.ID = strawberry.field(description="The group.")


@payload()
class GroupIndicatorPolicyRemovePayload(Payload):
    policy: IndicatorPolicy | None = strawberry.field(
        description="The policy that holds for the group from now on: the tenant's.", default=None
    )


@strawberry.type
class IndicatorPolicyQueries:
    @resolved("The thresholds in force (指标阈值); a group without its own has those of the tenant.")
    async def indicator_policy(self, info: Info, group: InGroup = None) -> IndicatorPolicy | None:
        return await _policy(info, optional_uuid(group, "Group", "group"))


@strawberry.type
class IndicatorPolicyMutations:
    @mutation("Replaces the thresholds of the tenant or of a group; alerts are judged by them at once.")
    async def indicator_policy_update(
        self, info: Info, input: Input[IndicatorPolicyUpdateInput]
    ) -> IndicatorPolicyUpdatePayload | None:
        request = indicators_pb2.UpdateIndicatorPolicyRequest(
            policy=input.policy.message(optional_uuid(input.group, "Group", "group")),
            expected_version=input.expected_version,
        )
        answer = await info.context.clients.indicators.UpdateIndicatorPolicy(request)
        return IndicatorPolicyUpdatePayload(policy=IndicatorPolicy.of(answer.policy))

    @mutation("Removes the thresholds of a group, so that those of the tenant hold for it again.")
    async def group_indicator_policy_remove(
        self, info: Info, input: Input[GroupIndicatorPolicyRemoveInput]
    ) -> GroupIndicatorPolicyRemovePayload | None:
        group_id = uuid_of(input.group, "Group", "group")
        request = indicators_pb2.RemoveGroupIndicatorPolicyRequest(group_id=group_id)
        await info.context.clients.indicators.RemoveGroupIndicatorPolicy(request)
        return GroupIndicatorPolicyRemovePayload(policy=await _policy(info, group_id))


async def _policy(info: Info, group_id: str) -> IndicatorPolicy:
    request = indicators_pb2.GetIndicatorPolicyRequest(group_id=group_id)
    answer = await info.context.clients.indicators.GetIndicatorPolicy(request)
    return IndicatorPolicy.of(answer.policy)
