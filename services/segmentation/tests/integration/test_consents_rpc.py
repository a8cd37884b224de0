"""Consents through the running service."""

from datetime import timedelta

import pytest
from nats.js import JetStreamContext

from chassis.clock import utc_now
from chassis.testbed.waiting import eventually, until
from chassis.timestamps import timestamp
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.segmentation.v1 import consents_pb2 as wire
from quanzi.segmentation.v1 import members_pb2, profiles_pb2
from quanzi.segmentation.v1 import segments_pb2 as segments
from segmentation.domain.activity import ActivityKind as Kind

from ..samples import Act, Brand, days
from .door import Door, as_caller, publish, refusal
from .test_segments_rpc import creation

DEFAULTS = ["会员服务", "营销推送", "用户画像", "敏感个人信息处理", "与合作方共享"]


@pytest.fixture
async def li(door: Door, jetstream: JetStreamContext, brand: Brand) -> str:
    await publish(jetstream, brand, [Act(Kind.MESSAGE, "li", days(9))])
    asked = members_pb2.LookupMembersRequest(external_references=["li"])

    async def known() -> int:
        with as_caller(brand):
            return len((await door.members.LookupMembers(asked)).members)

    await eventually(known, 1)
    return str(brand.member("li"))


def row(state: wire.ConsentState.ValueType, **more: str) -> wire.ConsentRow:
    said: dict[str, str] = {"source": "crm", "source_id": f"{state}", "member_reference": "li"} | more
    return wire.ConsentRow(
        purpose="marketing",
        state=state,
        channel="store",
        notice_version="2026-01",
        occurred_at=timestamp(utc_now() - timedelta(days=9 - state)),
        **said,
    )


async def test_recorded_read_and_obeyed(door: Door, brand: Brand, li: str) -> None:
    with as_caller(brand, "operator"):
        gone = segments.ConsentTest(purpose="marketing", state=wire.CONSENT_STATE_WITHDRAWN)
        without = segments.Condition(consent=gone)
        segment = (await door.segments.CreateSegment(creation("不打扰", without))).segment
        assert segment.condition == without
        request = wire.RecordConsentsRequest(
            rows=[
                row(wire.CONSENT_STATE_GIVEN),
                row(wire.CONSENT_STATE_WITHDRAWN),
                row(wire.CONSENT_STATE_GIVEN, member_reference="nobody"),
                wire.ConsentRow(source="crm", source_id="9", member_reference="li", channel="store"),
            ]
        )
        for _ in range(2):
            answer = await door.consents.RecordConsents(request)
            assert answer.accepted == 2
            assert [(it.index, it.code, it.field) for it in answer.rejections] == [
                (2, "UNKNOWN_MEMBER", "member_reference"),
                (3, "INVALID_FIELD", "state"),
            ]
            assert all(it.message for it in answer.rejections)
        consents = (
            await door.consents.BatchListConsents(wire.BatchListConsentsRequest(member_ids=[li]))
        ).consents
        assert [it.purpose.name for it in consents] == DEFAULTS
        marketing = consents[1]
        assert (marketing.state, marketing.record.recorded_by) == (wire.CONSENT_STATE_WITHDRAWN, "operator-1")
        assert not consents[0].HasField("record")
        asked = wire.BatchListConsentRecordsRequest(
            member_ids=[li], page=PageRequest(first=1, count_total=True)
        )
        [records] = (await door.consents.BatchListConsentRecords(asked)).members
        assert (list(records.records), records.page_info.total_count) == ([marketing.record], 2)
        timeline = profiles_pb2.ListTimelineRequest(
            member_id=li, page=PageRequest(first=9), kinds=[profiles_pb2.TIMELINE_KIND_CONSENT]
        )
        entries = (await door.profiles.ListTimeline(timeline)).entries
        assert [it.title for it in entries] == ["撤回同意：营销推送", "同意个人信息处理：营销推送"]

        async def addressed() -> int:
            found = await door.segments.BatchGetSegments(segments.BatchGetSegmentsRequest(ids=[segment.id]))
            return found.segments[0].size

        await until(addressed, lambda it: it == 1, "who withdrew")


async def test_purposes_are_the_admins(door: Door, brand: Brand) -> None:
    purposes = [wire.ConsentPurpose(code="sms", name="短信")]
    wanted = wire.UpdateConsentPolicyRequest(policy=wire.ConsentPolicy(purposes=purposes))
    with as_caller(brand, "operator"):
        assert await refusal(door.consents.UpdateConsentPolicy(wanted)) == ("NOT_ALLOWED", None)
    with as_caller(brand):
        policy = (await door.consents.UpdateConsentPolicy(wanted)).policy
        assert (policy.version, list(policy.purposes)) == (1, purposes)
        assert (await door.consents.GetConsentPolicy(wire.GetConsentPolicyRequest())).policy == policy
        wanted.policy.purposes.extend(purposes)
        assert await refusal(door.consents.UpdateConsentPolicy(wanted)) == (
            "INVALID_CONSENT_POLICY",
            "policy.purposes[1].code",
        )
