"""Segments as the messages of quanzi/segmentation/v1/segments.proto."""

from datetime import datetime

from chassis.timestamps import timestamp
from quanzi.segmentation.v1 import segments_pb2
from segmentation.application.segment_ports import Part, Preview
from segmentation.domain.segments import Segment, SegmentMember
from segmentation.entrypoints.conditions_wire import condition_to_wire


def segment_to_wire(segment: Segment) -> segments_pb2.Segment:
    return segments_pb2.Segment(
        id=str(segment.id),
        name=segment.name,
        condition=condition_to_wire(segment.condition),
        version=segment.version,
        status=segments_pb2.SegmentStatus.ValueType(segment.status),
        size=segment.size,
        progress=segment.progress,
        created_at=timestamp(segment.created_at),
        updated_at=timestamp(segment.updated_at),
    )


def segment_member_to_wire(member: SegmentMember) -> segments_pb2.SegmentMember:
    return segments_pb2.SegmentMember(
        segment_id=str(member.segment_id),
        member_id=str(member.member_id),
        entered_at=timestamp(member.entered_at),
    )


def preview_to_wire(preview: Preview, as_of: datetime) -> segments_pb2.PreviewSegmentResponse:
    return segments_pb2.PreviewSegmentResponse(
        members=preview.members,
        margin=preview.margin,
        of_members=preview.of_members,
        sample_member_ids=map(str, preview.sample),
        as_of=timestamp(as_of),
    )


def part_to_wire(part: Part) -> segments_pb2.StreamSegmentMembersResponse:
    return segments_pb2.StreamSegmentMembersResponse(
        member_ids=map(str, part.member_ids), version=part.version, size=part.size
    )
