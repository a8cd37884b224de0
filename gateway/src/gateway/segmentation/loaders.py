"""Loaders over the batch calls of segmentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from strawberry.dataloader import DataLoader

from gateway.clients import Clients
from gateway.connections import Connection, Place, connection
from gateway.loading import argument_loader, by_argument, loader, many_loader
from gateway.segmentation.alerts import Alert
from gateway.segmentation.consents import Consent, ConsentRecord
from gateway.segmentation.erasures import Erasure
from gateway.segmentation.groups import Group
from gateway.segmentation.indicators import DailyFacts, GroupIndicators
from gateway.segmentation.members import Member, Membership
from gateway.segmentation.merges import Merge
from gateway.segmentation.operations import Operation
from gateway.segmentation.predictions import Prediction
from gateway.segmentation.segments import Segment, SegmentMember
from gateway.segmentation.series import Grain, Window
from gateway.segmentation.tag_rules import TagRule
from gateway.segmentation.tier_distribution import TierShare
from gateway.segmentation.tiers import TierAssignment
from gateway.segmentation.timeline import TimelineEntry, TimelineKind
from gateway.values import number
from quanzi.segmentation.v1 import (
    alerts_pb2,
    consents_pb2,
    erasures_pb2,
    groups_pb2,
    indicators_pb2,
    members_pb2,
    operations_pb2,
    predictions_pb2,
    profiles_pb2,
    segments_pb2,
    tags_pb2,
    tiers_pb2,
)

_GROUPS_PER_CALL = 100
_LISTS_PER_CALL = 100
_SERIES_PER_CALL = 20


class SegmentationLoaders:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def member(self, uuid: str) -> Member | None:
        """None for an empty uuid."""
        return await self.members.load(uuid) if uuid else None

    async def group(self, uuid: str) -> Group | None:
        """None for an empty uuid."""
        return await self.groups.load(uuid) if uuid else None

    @cached_property
    def members(self) -> DataLoader[str, Member | None]:
        """For one that was merged away, the member that goes on: other services may still name the former."""

        async def fetch(ids: list[str]) -> Mapping[str, Member]:
            found = await self._members(ids)
            if missing := [one for one in ids if one not in found]:
                went = await self._went_into(missing)
                going_on = await self._members(went.values()) if went else {}
                found |= {one: going_on[into] for one, into in went.items() if into in going_on}
            return found

        return loader(fetch)

    async def _members(self, ids: Iterable[str]) -> dict[str, Member]:
        request = members_pb2.BatchGetMembersRequest(ids=set(ids))
        answer = await self._clients.members.BatchGetMembers(request)
        return {member.id: Member.of(member) for member in answer.members}

    async def _went_into(self, ids: list[str]) -> Mapping[str, str]:
        """From each id that was merged away to the one that goes on."""
        request = profiles_pb2.BatchResolveMembersRequest(ids=ids)
        return (await self._clients.profiles.BatchResolveMembers(request)).ids

    @cached_property
    def groups(self) -> DataLoader[str, Group | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Group]:
            answer = await self._clients.groups.BatchGetGroups(groups_pb2.BatchGetGroupsRequest(ids=ids))
            return {group.id: Group.of(group) for group in answer.groups}

        return loader(fetch)

    @cached_property
    def memberships(self) -> DataLoader[str, list[Membership]]:
        async def fetch(ids: list[str]) -> Iterable[tuple[str, Membership]]:
            request = members_pb2.BatchListMembershipsRequest(member_ids=ids)
            answer = await self._clients.members.BatchListMemberships(request)
            return ((stay.member_id, Membership.of(stay)) for stay in answer.memberships)

        return many_loader(fetch)

    @cached_property
    def segments(self) -> DataLoader[str, Segment | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Segment]:
            request = segments_pb2.BatchGetSegmentsRequest(ids=ids)
            answer = await self._clients.segments.BatchGetSegments(request)
            return {segment.id: Segment.of(segment) for segment in answer.segments}

        return loader(fetch)

    @cached_property
    def member_segments(self) -> DataLoader[str, list[SegmentMember]]:
        async def fetch(ids: list[str]) -> Iterable[tuple[str, SegmentMember]]:
            request = segments_pb2.BatchListMemberSegmentsRequest(member_ids=ids)
            answer = await self._clients.segments.BatchListMemberSegments(request)
            return ((one.member_id, SegmentMember.of(one)) for one in answer.segments)

        return many_loader(fetch)

    @cached_property
    def segment_members(self) -> DataLoader[tuple[str, Place], Connection[SegmentMember] | None]:
        async def fetch(place: Place, ids: list[str]) -> Mapping[str, Connection[SegmentMember]]:
            request = segments_pb2.BatchListSegmentMembersRequest(segment_ids=ids, page=place.page())
            answer = await self._clients.segments.BatchListSegmentMembers(request)
            return {
                one.segment_id: connection(map(SegmentMember.of, one.members), one.page_info, place.after)
                for one in answer.segments
            }

        return argument_loader(fetch, _LISTS_PER_CALL)

    @cached_property
    def tier_assignments(self) -> DataLoader[tuple[str, Place], Connection[TierAssignment] | None]:
        async def fetch(place: Place, ids: list[str]) -> Mapping[str, Connection[TierAssignment]]:
            request = tiers_pb2.BatchListTierAssignmentsRequest(member_ids=ids, page=place.page())
            answer = await self._clients.tiers.BatchListTierAssignments(request)
            return {
                one.member_id: connection(map(TierAssignment.of, one.assignments), one.page_info, place.after)
                for one in answer.members
            }

        return argument_loader(fetch, _LISTS_PER_CALL)

    @cached_property
    def timelines(
        self,
    ) -> DataLoader[tuple[str, tuple[Place, tuple[TimelineKind, ...]]], Connection[TimelineEntry] | None]:
        """By member, page and kinds; no kinds means all."""

        async def fetch(
            argument: tuple[Place, tuple[TimelineKind, ...]], ids: list[str]
        ) -> Mapping[str, Connection[TimelineEntry]]:
            place, kinds = argument
            request = profiles_pb2.BatchListTimelinesRequest(
                member_ids=ids, page=place.page(), kinds=map(number, kinds)
            )
            answer = await self._clients.profiles.BatchListTimelines(request)
            return {
                one.member_id: connection(map(TimelineEntry.of, one.entries), one.page_info, place.after)
                for one in answer.timelines
            }

        return argument_loader(fetch, _LISTS_PER_CALL)

    @cached_property
    def consents(self) -> DataLoader[str, list[Consent]]:
        async def fetch(ids: list[str]) -> Iterable[tuple[str, Consent]]:
            request = consents_pb2.BatchListConsentsRequest(member_ids=ids)
            answer = await self._clients.consents.BatchListConsents(request)
            return ((one.member_id, Consent.of(one)) for one in answer.consents)

        return many_loader(fetch)

    @cached_property
    def consent_records(
        self,
    ) -> DataLoader[tuple[str, tuple[Place, str]], Connection[ConsentRecord] | None]:
        """By member, page and purpose; an empty one means all."""

        async def fetch(
            argument: tuple[Place, str], ids: list[str]
        ) -> Mapping[str, Connection[ConsentRecord]]:
            place, purpose = argument
            request = consents_pb2.BatchListConsentRecordsRequest(
                member_ids=ids, page=place.page(), purpose=purpose
            )
            answer = await self._clients.consents.BatchListConsentRecords(request)
            return {
                one.member_id: connection(map(ConsentRecord.of, one.records), one.page_info, place.after)
                for one in answer.members
            }

        return argument_loader(fetch, _LISTS_PER_CALL)

    @cached_property
    def tag_rules(self) -> DataLoader[str, TagRule | None]:
        async def fetch(ids: list[str]) -> Mapping[str, TagRule]:
            answer = await self._clients.tags.BatchGetTagRules(tags_pb2.BatchGetTagRulesRequest(ids=ids))
            return {rule.id: TagRule.of(rule) for rule in answer.rules}

        return loader(fetch)

    @cached_property
    def merges(self) -> DataLoader[str, Merge | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Merge]:
            request = profiles_pb2.BatchGetMergesRequest(ids=ids)
            answer = await self._clients.profiles.BatchGetMerges(request)
            return {merge.id: Merge.of(merge) for merge in answer.merges}

        return loader(fetch)

    @cached_property
    def predictions(self) -> DataLoader[str, Prediction | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Prediction]:
            request = predictions_pb2.BatchGetPredictionsRequest(member_ids=ids)
            answer = await self._clients.predictions.BatchGetPredictions(request)
            return {one.member_id: Prediction.of(one) for one in answer.predictions}

        return loader(fetch)

    @cached_property
    def alerts(self) -> DataLoader[str, Alert | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Alert]:
            answer = await self._clients.alerts.BatchGetAlerts(alerts_pb2.BatchGetAlertsRequest(ids=ids))
            return {alert.id: Alert.of(alert) for alert in answer.alerts}

        return loader(fetch)

    @cached_property
    def group_alerts(self) -> DataLoader[str, list[Alert]]:
        async def fetch(ids: list[str]) -> Iterable[tuple[str, Alert]]:
            request = alerts_pb2.BatchListGroupAlertsRequest(group_ids=ids)
            answer = await self._clients.alerts.BatchListGroupAlerts(request)
            return ((alert.group_id, Alert.of(alert)) for alert in answer.alerts)

        return many_loader(fetch, _GROUPS_PER_CALL)

    @cached_property
    def tier_distributions(self) -> DataLoader[str, list[TierShare]]:
        async def fetch(ids: list[str]) -> Iterable[tuple[str, TierShare]]:
            request = tiers_pb2.BatchGetTierDistributionsRequest(group_ids=ids)
            answer = await self._clients.tiers.BatchGetTierDistributions(request)
            return (
                (group.group_id, TierShare.of(share)) for group in answer.groups for share in group.shares
            )

        return many_loader(fetch, _GROUPS_PER_CALL)

    @cached_property
    def operations(self) -> DataLoader[str, Operation | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Operation]:
            request = operations_pb2.BatchGetOperationsRequest(ids=ids)
            answer = await self._clients.operations.BatchGetOperations(request)
            return {operation.id: Operation.of(operation) for operation in answer.operations}

        return loader(fetch)

    @cached_property
    def erasures(self) -> DataLoader[str, Erasure | None]:
        async def fetch(ids: list[str]) -> Mapping[str, Erasure]:
            request = erasures_pb2.BatchGetErasuresRequest(ids=ids)
            answer = await self._clients.erasures.BatchGetErasures(request)
            return {erasure.id: Erasure.of(erasure) for erasure in answer.erasures}

        return loader(fetch)

    @cached_property
    def indicators(self) -> DataLoader[tuple[str, tuple[Window, bool]], GroupIndicators | None]:
        """By group, window, and whether compared with the one before."""

        async def fetch(argument: tuple[Window, bool], ids: list[str]) -> Mapping[str, GroupIndicators]:
            window, compare = argument
            request = indicators_pb2.BatchGetGroupIndicatorsRequest(
                group_ids=ids, compare=compare, **window._asdict()
            )
            answer = await self._clients.indicators.BatchGetGroupIndicators(request)
            return {group.group_id: GroupIndicators.of(group) for group in answer.groups}

        return argument_loader(fetch, _GROUPS_PER_CALL)

    @cached_property
    def indicator_points(
        self,
    ) -> DataLoader[tuple[str, tuple[Window, Grain]], list[indicators_pb2.GroupIndicators]]:
        """By group, window and width of a point."""

        async def fetch(
            keys: list[tuple[str, tuple[Window, Grain]]],
        ) -> Iterable[tuple[tuple[str, tuple[Window, Grain]], indicators_pb2.GroupIndicators]]:
            found = []
            for (window, grain), ids in by_argument(keys).items():
                request = indicators_pb2.BatchGetIndicatorSeriesRequest(
                    group_ids=ids, grain=number(grain), **window._asdict()
                )
                answer = await self._clients.indicators.BatchGetIndicatorSeries(request)
                found += [((point.group_id, (window, grain)), point) for point in answer.points]
            return found

        return many_loader(fetch, _SERIES_PER_CALL)

    @cached_property
    def daily_facts(self) -> DataLoader[tuple[str, Window], list[DailyFacts]]:
        async def fetch(keys: list[tuple[str, Window]]) -> Iterable[tuple[tuple[str, Window], DailyFacts]]:
            found = []
            for window, ids in by_argument(keys).items():
                request = indicators_pb2.BatchListDailyFactsRequest(group_ids=ids, **window._asdict())
                answer = await self._clients.indicators.BatchListDailyFacts(request)
                found += [((facts.group_id, window), DailyFacts.of(facts)) for facts in answer.facts]
            return found

        return many_loader(fetch, _GROUPS_PER_CALL)
