"""Registering groups, and all else that segmentation does when told."""

import strawberry

from gateway.context import Info
from gateway.mutation import Input, Payload, mutation, payload
from gateway.segmentation.alerts import AlertMutations
from gateway.segmentation.consent_mutations import ConsentMutations
from gateway.segmentation.erasures import ErasureMutations
from gateway.segmentation.exports import ExportMutations
from gateway.segmentation.groups import Group
from gateway.segmentation.indicator_policy import IndicatorPolicyMutations
from gateway.segmentation.merges import MergeMutations
from gateway.segmentation.prediction_policy import PredictionPolicyMutations
from gateway.segmentation.predictions import PredictionMutations
from gateway.segmentation.segment_mutations import SegmentMutations
from gateway.segmentation.tag_mutations import TagMutations
from gateway.segmentation.tier_policy import TierPolicyMutations
from quanzi.segmentation.v1 import groups_pb2


@strawberry.input(description="Input of `groupRegister`.")
class GroupRegisterInput:
    external_reference: str = strawberry.field(description="External chat id, 1 to 250 characters.")
    name: str = strawberry.field(description="Name shown to operators, 1 to 100 characters.")
    owner: str = strawberry.field(description="Staff user id of the owner (群主).", default="")


@payload()
class GroupRegisterPayload(Payload):
    group: Group | None = strawberry.field(description="The group.", default=None)


@strawberry.type
class GroupMutations:
    @mutation(
        "Registers a group (登记顾客群); a known external reference answers the group it names, renamed."
    )
    async def group_register(
        self, info: Info, input: Input[GroupRegisterInput]
    ) -> GroupRegisterPayload | None:
        request = groups_pb2.RegisterGroupRequest(
            external_reference=input.external_reference, name=input.name, owner=input.owner
        )
        answer = await info.context.clients.groups.RegisterGroup(request)
        return GroupRegisterPayload(group=Group.of(answer.group))


@strawberry.type
class SegmentationMutations(
    GroupMutations,
    TierPolicyMutations,
    SegmentMutations,
    TagMutations,
    MergeMutations,
    ConsentMutations,
    PredictionMutations,
    PredictionPolicyMutations,
    IndicatorPolicyMutations,
    AlertMutations,
    ExportMutations,
    ErasureMutations,
):
    pass
