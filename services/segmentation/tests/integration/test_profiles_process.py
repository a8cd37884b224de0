"""Profiles and tags as the service runs: from the streams to the answers."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from nats.js import JetStreamContext

from chassis.cloudevents import CloudEvent
from chassis.event_type import event_type
from chassis.ids import new_id
from chassis.messaging import activities_subject
from chassis.testbed.waiting import eventually
from quanzi.campaigns.v1 import events_pb2 as campaigns
from quanzi.inbound.v1.activity_pb2 import ActivityBatch
from quanzi.paging.v1.paging_pb2 import PageRequest
from quanzi.risk.v1 import events_pb2 as risk
from quanzi.segmentation.v1 import members_pb2, profiles_pb2, segments_pb2, tags_pb2
from quanzi.support.v1 import events_pb2 as support
from quanzi.support.v1 import tickets_pb2
from segmentation.domain.activity import ActivityKind as Kind

from ..samples import NOW, Act, Brand, days
from .door import Door, as_caller, message, refusal

PAGE = PageRequest(first=50, count_total=True)


async def tell(jetstream: JetStreamContext, brand: Brand, *messages: Message) -> None:
    """Each twice, as a stream may."""
    for body in messages:
        kind = event_type(body.DESCRIPTOR)
        cloud_event = CloudEvent(
            id=str(new_id()),
            source="/test",
            type=kind.name,
            subject="subject",
            time=datetime.now(UTC),
            schema=body.DESCRIPTOR.full_name,
            partition_key="key",
            sequence=1,
            tenant_id=brand.tenant_id,
            data=MessageToJson(body).encode(),
        )
        for _ in range(2):
            await jetstream.publish(
                kind.subject(brand.tenant_id), cloud_event.data, timeout=60, headers=cloud_event.headers()
            )


async def say(jetstream: JetStreamContext, brand: Brand, member: str, text: str) -> None:
    activity = message(brand, Act(Kind.MESSAGE, member, NOW - datetime.now(UTC)))
    activity.text = text
    batch = ActivityBatch(tenant_id=str(brand.tenant_id), activities=[activity])
    await jetstream.publish(activities_subject(brand.tenant_id), batch.SerializeToString(), timeout=60)


async def test_a_timeline_over_all_services(door: Door, jetstream: JetStreamContext, brand: Brand) -> None:
    li, lily = str(brand.member("li")), str(brand.member("lily"))
    await say(jetstream, brand, "li", "你好")
    await say(jetstream, brand, "lily", "你好")
    ids = {"violation_id": str(new_id()), "member_id": lily, "group_id": str(brand.group())}
    claim = {"campaign_id": str(new_id()), "claim_id": str(new_id()), "member_id": lily}
    await tell(
        jetstream,
        brand,
        support.TicketStatusChanged(
            ticket_id=str(new_id()), member_id=lily, status=tickets_pb2.TICKET_STATUS_RESOLVED
        ),
        risk.ViolationOpened(**ids),
        risk.ViolationHandled(**ids),
        risk.ViolationReversed(**ids),
        campaigns.ItemReserved(**claim),
        campaigns.ClaimPaid(**claim),
        campaigns.ClaimExpired(**claim),
        campaigns.ClaimFulfilled(**claim),
        campaigns.RefundRequested(**claim),
    )

    async def titles(member_id: str, *kinds: profiles_pb2.TimelineKind) -> list[str]:
        request = profiles_pb2.ListTimelineRequest(member_id=member_id, page=PAGE, kinds=kinds)
        return sorted(it.title for it in (await door.profiles.ListTimeline(request)).entries)

    with as_caller(brand):
        await eventually(lambda: count(door, lily), 11)
        everything = await titles(lily)
        assert {"工单已解决", "违规已撤销", "参与活动：申请退款", "发言"} <= set(everything)
        assert len(await titles(lily, profiles_pb2.TIMELINE_KIND_CAMPAIGN)) == 5

        request = profiles_pb2.MergeMembersRequest(member_id=li, merged_member_id=lily, reason="同一人")
        merged = (await door.profiles.MergeMembers(request)).merge
        assert (merged.merged_by, merged.HasField("reversed_at")) == ("operator-1", False)
        resolve = profiles_pb2.BatchResolveMembersRequest(ids=[li, lily])
        assert (await door.profiles.BatchResolveMembers(resolve)).ids == {lily: li}
        gone = await door.members.BatchGetMembers(members_pb2.BatchGetMembersRequest(ids=[lily]))
        assert not gone.members
        assert set(everything) <= {*await titles(li), "首次分层：潜在"}
        assert (await refusal(door.profiles.MergeMembers(reversed_pair(request))))[0] == "ALREADY_MERGED"

        await door.profiles.ReverseMerge(profiles_pb2.ReverseMergeRequest(merge_id=merged.id))
        listed = await door.profiles.ListMerges(profiles_pb2.ListMergesRequest(page=PAGE, member_id=lily))
        assert [(it.id, it.reversed_by) for it in listed.merges] == [(merged.id, "operator-1")]
        known = profiles_pb2.BatchGetMergesRequest(ids=[merged.id, str(new_id())])
        assert list((await door.profiles.BatchGetMerges(known)).merges) == list(listed.merges)
        timelines = profiles_pb2.BatchListTimelinesRequest(member_ids=[lily, str(new_id())], page=PAGE)
        found = {it.member_id: it for it in (await door.profiles.BatchListTimelines(timelines)).timelines}
        assert sorted(it.title for it in found.pop(lily).entries) == await titles(lily)
        assert [len(it.entries) for it in found.values()] == [0]
        assert not (await door.profiles.BatchResolveMembers(resolve)).ids
        assert set(everything) <= set(await titles(lily))
    with as_caller(brand, "agent"):
        assert (await refusal(door.profiles.MergeMembers(request)))[0] == "NOT_ALLOWED"


def reversed_pair(request: profiles_pb2.MergeMembersRequest) -> profiles_pb2.MergeMembersRequest:
    return profiles_pb2.MergeMembersRequest(
        member_id=request.merged_member_id, merged_member_id=request.member_id, reason=request.reason
    )


async def count(door: Door, member_id: str) -> int:
    request = profiles_pb2.ListTimelineRequest(member_id=member_id, page=PAGE)
    return (await door.profiles.ListTimeline(request)).page_info.total_count


async def test_tags_by_rule(door: Door, jetstream: JetStreamContext, brand: Brand) -> None:
    li = str(brand.member("li"))

    async def names() -> Sequence[str]:
        found = await door.members.BatchGetMembers(members_pb2.BatchGetMembersRequest(ids=[li]))
        return [tag.name for member in found.members for tag in member.tags]

    with as_caller(brand):
        words = tags_pb2.SaveTagRuleRequest(
            name="控糖", keywords=tags_pb2.Keywords(words=["无糖"]), enabled=True, idempotency_key="rule-1"
        )
        rule = (await door.tags.SaveTagRule(words)).rule
        assert (await door.tags.SaveTagRule(words)).rule == rule
        spoke = segments_pb2.Condition(
            activities=segments_pb2.ActivitiesTest(within_days=7, count=segments_pb2.IntRange(min=1))
        )
        condition = tags_pb2.SaveTagRuleRequest(
            name="常客", condition=spoke, enabled=True, idempotency_key="rule-2"
        )
        by_condition = (await door.tags.SaveTagRule(condition)).rule
        await say(jetstream, brand, "li", "有无糖的吗")
        await eventually(names, ["常客", "控糖"])

        judge = tags_pb2.JudgeTagRequest(
            member_id=li, name="控糖", judgement=members_pb2.TAG_JUDGEMENT_REJECTED
        )
        judged = await door.tags.JudgeTag(judge)
        assert [(tag.name, tag.rule_id) for tag in judged.member.tags] == [("常客", by_condition.id)]
        today = datetime.now(UTC).date()
        window = tags_pb2.GetTagAccuracyRequest(from_date=str(today - days(1)), to_date=str(today + days(1)))
        measured = (await door.tags.GetTagAccuracy(window)).accuracies
        assert [(it.name, it.rejected, it.unjudged) for it in measured] == [
            ("", 1, 1),
            ("常客", 0, 1),
            ("控糖", 1, 0),
        ]
        assert (measured[0].accuracy, measured[1].HasField("accuracy")) == (0.0, False)
        listed = (await door.tags.ListTags(tags_pb2.ListTagsRequest())).tags
        assert [(it.name, it.members) for it in listed] == [("常客", 1)]
        rules = await door.tags.ListTagRules(tags_pb2.ListTagRulesRequest(page=PAGE))
        known = tags_pb2.BatchGetTagRulesRequest(ids=[rule.id, str(new_id())])
        assert list((await door.tags.BatchGetTagRules(known)).rules) == [rule]
        assert list(rules.rules) == [by_condition, rule]

        await door.tags.DeleteTagRule(tags_pb2.DeleteTagRuleRequest(id=by_condition.id))
        await eventually(names, [])

        unknown = tags_pb2.JudgeTagRequest(member_id=li, name="没有", judgement=judge.judgement)
        calls: list[tuple[Callable[[], object], tuple[str, str | None]]] = [
            (lambda: door.tags.JudgeTag(unknown), ("TAG_NOT_FOUND", "name")),
            (lambda: door.tags.SaveTagRule(changed(rule, "甲", 7)), ("STALE_VERSION", "expected_version")),
            (
                lambda: door.tags.SaveTagRule(
                    tags_pb2.SaveTagRuleRequest(name="甲", keywords=words.keywords)
                ),
                ("IDEMPOTENCY_KEY_MISSING", "idempotency_key"),
            ),
        ]
        for call, expected in calls:
            assert await refusal(call()) == expected  # type: ignore[arg-type]


def changed(rule: tags_pb2.TagRule, name: str, version: int) -> tags_pb2.SaveTagRuleRequest:
    return tags_pb2.SaveTagRuleRequest(
        id=rule.id, expected_version=version, name=name, keywords=rule.keywords, enabled=True
    )
