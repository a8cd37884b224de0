"""Creating, changing, deleting segments."""

import strawberry

from gateway.context import Info
from gateway.global_ids import uuid_of
from gateway.mutation import IDEMPOTENCY_KEY, Input, Payload, mutation, payload
from gateway.segmentation.condition_inputs import ConditionInput
from gateway.segmentation.segments import Segment
from quanzi.segmentation.v1 import segments_pb2

_NAME = "Name shown to operators, 1 to 100 characters."


@strawberry.input(description="Input of `segmentCreate`.")
class SegmentCreateInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    name: str = strawberry.field(description=_NAME)
    condition: ConditionInput = strawberry.field(description="Who is in it.")


@payload("IDEMPOTENCY_KEY_REUSED", "INVALID_CONDITION", "SEGMENT_NAME_TAKEN", "TOO_MANY_SEGMENTS")
class SegmentCreatePayload(Payload):
    segment: Segment | None = strawberry.field(description="The segment, backfilling.", default=None)


@strawberry.input(description="Input of `segmentUpdate`.")
class SegmentUpdateInput:
    segment: strawberry.ID = strawberry.field(description="The segment.")
    expected_version: int = strawberry.field(description="Version you read; another one is refused.")
    name: str = strawberry.field(description=_NAME)
    condition: ConditionInput = strawberry.field(description="Who is in it from now on.")


@payload("STALE_VERSION", "INVALID_CONDITION", "SEGMENT_NAME_TAKEN", id="segment")
class SegmentUpdatePayload(Payload):
    segment: Segment | None = strawberry.field(description="The segment.", default=None)


@strawberry.input(description="Input of `segmentDelete`.")
class SegmentDeleteInput:
    segment: strawberry.ID = strawberry.field(description="The segment; one that is not there is fine.")


@payload(id="segment")
class SegmentDeletePayload(Payload):
    deleted_segment_id: strawberry.ID | None = strawberry.field(
        description="Global id of the segment that is no more.", default=None
    )


@strawberry.type
class SegmentMutations:
    @mutation("Saves a segment (新建人群); its members are worked out in the background.")
    async def segment_create(
        self, info: Info, input: Input[SegmentCreateInput]
    ) -> SegmentCreatePayload | None:
        request = segments_pb2.CreateSegmentRequest(
            idempotency_key=input.idempotency_key, name=input.name, condition=input.condition.message()
        )
        answer = await info.context.clients.segments.CreateSegment(request)
        return SegmentCreatePayload(segment=Segment.of(answer.segment))

    @mutation("Renames a segment or changes its condition; members change all at once when it is worked out.")
    async def segment_update(
        self, info: Info, input: Input[SegmentUpdateInput]
    ) -> SegmentUpdatePayload | None:
        request = segments_pb2.UpdateSegmentRequest(
            id=uuid_of(input.segment, "Segment", "segment"),
            expected_version=input.expected_version,
            name=input.name,
            condition=input.condition.message(),
        )
        answer = await info.context.clients.segments.UpdateSegment(request)
        return SegmentUpdatePayload(segment=Segment.of(answer.segment))

    @mutation("Deletes a segment; nobody is in it any more.")
    async def segment_delete(
        self, info: Info, input: Input[SegmentDeleteInput]
    ) -> SegmentDeletePayload | None:
        request = segments_pb2.DeleteSegmentRequest(id=uuid_of(input.segment, "Segment", "segment"))
        await info.context.clients.segments.DeleteSegment(request)
        return SegmentDeletePayload(deleted_segment_id=input.segment)
