"""Segments and who is in them."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from gateway.connections import After, Connection, First, connection, page, place
from gateway.context import Info
from gateway.fields import resolved
from gateway.global_ids import Node, global_id
from gateway.scalars import ConditionJSON
from gateway.segmentation.condition_inputs import ConditionInput
from gateway.segmentation.condition_json import condition_json
from gateway.segmentation.conditions import Condition
from gateway.segmentation.members import Member
from gateway.values import by_number, moment
from quanzi.segmentation.v1 import segments_pb2


@strawberry.enum(description="Where a segment stands.")
class SegmentStatus(Enum):
    LIVE = strawberry.enum_value(
        segments_pb2.SEGMENT_STATUS_LIVE,
        description="Its members are those of its condition, with every activity and as time passes.",
    )
    BACKFILLING = strawberry.enum_value(
        segments_pb2.SEGMENT_STATUS_BACKFILLING,
        description="计算中: until done, the members are those of the condition before, none if new.",
    )


SEGMENT_STATUSES = by_number(SegmentStatus)


@strawberry.type(description="A saved condition (人群包) and who meets it.")
class Segment(Node):
    name: str = strawberry.field(description="Name shown to operators.")
    version: int = strawberry.field(description="Counts changes; `segmentUpdate` expects the one you read.")
    status: SegmentStatus = strawberry.field(description="Where it stands.")
    size: int = strawberry.field(description="Members now.")
    progress: float = strawberry.field(description="Of the backfill, 0 to 1; 1 when live.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    message: strawberry.Private[segments_pb2.Segment]

    @resolved("Who is in it, as a tree: for deep ones take `conditionJson`.")
    def condition(self) -> Condition:
        return Condition.of(self.message.condition)

    @resolved("The same in one piece, to be edited and given back.")
    def condition_json(self) -> ConditionJSON:
        return condition_json(self.message.condition)

    @resolved("Members of the segment, by id.")
    async def members(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection["SegmentMember"] | None:
        key = self.message.id, place(info, first, after)
        return await info.context.loaders.segmentation.segment_members.load(key)

    @classmethod
    def of(cls, segment: segments_pb2.Segment) -> Self:
        return cls(
            id=global_id("Segment", segment.id),
            name=segment.name,
            version=segment.version,
            status=SEGMENT_STATUSES[segment.status],
            size=segment.size,
            progress=segment.progress,
            created_at=moment(segment.created_at),
            updated_at=moment(segment.updated_at),
            message=segment,
        )


@strawberry.type(description="A member of a segment since a moment.")
class SegmentMember:
    entered_at: datetime = strawberry.field(description="In it since.")
    message: strawberry.Private[segments_pb2.SegmentMember]

    @resolved("The segment.")
    async def segment(self, info: Info) -> Segment | None:
        return await info.context.loaders.segmentation.segments.load(self.message.segment_id)

    @resolved("The member.")
    async def member(self, info: Info) -> Member | None:
        return await info.context.loaders.segmentation.member(self.message.member_id)

    @classmethod
    def of(cls, member: segments_pb2.SegmentMember) -> Self:
        return cls(entered_at=moment(member.entered_at), message=member)


@strawberry.type(description="Who meets a condition now.")
class SegmentPreview:
    members: int = strawberry.field(description="Members who meet it; estimated where there are many.")
    margin: int = strawberry.field(
        description="That number is right give or take so many, with 95 % confidence; 0: it is exact."
    )
    of_members: int = strawberry.field(description="Members of the tenant.")
    share: float = strawberry.field(description="The ones of the others, 0 to 1.")
    as_of: datetime = strawberry.field(description="Moment it holds for.")
    sample_uuids: strawberry.Private[list[str]]

    @resolved("Some of the members who meet it.")
    def sample(self, info: Info) -> list[Member | None]:
        loaders = info.context.loaders.segmentation
        return [loaders.members.load(uuid) for uuid in self.sample_uuids]  # type: ignore[misc] # each awaited alone

    @classmethod
    def of(cls, answer: segments_pb2.PreviewSegmentResponse) -> Self:
        return cls(
            members=answer.members,
            margin=answer.margin,
            of_members=answer.of_members,
            share=answer.members / answer.of_members if answer.of_members else 0.0,
            as_of=moment(answer.as_of),
            sample_uuids=list(answer.sample_member_ids),
        )


@strawberry.type
class SegmentQueries:
    @resolved("All segments (人群包), by name.")
    async def segments(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Segment] | None:
        request = segments_pb2.ListSegmentsRequest(page=page(info, first, after))
        answer = await info.context.clients.segments.ListSegments(request)
        return connection(map(Segment.of, answer.segments), answer.page_info, after)

    @resolved("How many members meet a condition now, and some of them (人群预览): nothing is saved.")
    async def segment_preview(
        self,
        info: Info,
        condition: Annotated[ConditionInput, strawberry.argument(description="The condition to try.")],
        sample: Annotated[int, strawberry.argument(description="Members to show, 0 to 50.")] = 10,
    ) -> SegmentPreview | None:
        request = segments_pb2.PreviewSegmentRequest(condition=condition.message(), sample=sample)
        return SegmentPreview.of(await info.context.clients.segments.PreviewSegment(request))
