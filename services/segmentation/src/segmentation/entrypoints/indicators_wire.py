"""Indicators, series, cohorts, funnels and leagues as the messages of indicators.proto, and back."""

from chassis import texts
from chassis.ids import optional_id
from quanzi.segmentation.v1 import indicators_pb2 as pb
from segmentation.domain.cohorts import Cohort
from segmentation.domain.errors import InvalidPolicy
from segmentation.domain.funnel import FunnelStep
from segmentation.domain.indicator_policy import IndicatorKind, IndicatorPolicy, Threshold
from segmentation.domain.indicators import GroupIndicators, Indicator
from segmentation.domain.league import LeagueRow
from segmentation.domain.member import DailyFacts

text = texts.load("segmentation")
_DEFAULT = IndicatorPolicy()


def indicators_to_wire(of_group: GroupIndicators) -> pb.GroupIndicators:
    return pb.GroupIndicators(
        group_id=str(of_group.group_id or ""),
        indicators=map(indicator_to_wire, of_group.indicators),
        at_risk_of_leaving=of_group.at_risk_of_leaving,
        from_date=of_group.window.first.isoformat(),
        to_date=of_group.window.last.isoformat(),
    )


def indicator_to_wire(indicator: Indicator) -> pb.Indicator:
    return pb.Indicator(
        kind=pb.IndicatorKind.ValueType(indicator.kind),
        value=indicator.value,
        numerator=indicator.numerator,
        denominator=indicator.denominator,
        healthy_from=indicator.healthy_from,
        status=pb.IndicatorStatus.ValueType(indicator.status),
        direction=text("direction", indicator.kind.name),
        previous_value=indicator.previous_value,
        change=indicator.change,
    )


def facts_to_wire(facts: DailyFacts) -> pb.DailyFacts:
    return pb.DailyFacts(
        group_id=str(facts.group_id),
        date=facts.date,
        messages=facts.messages,
        interactions=facts.interactions,
        members_present=facts.members_present,
        joined=facts.joined,
        left=facts.left,
        clicks=facts.clicks,
        shares=facts.shares,
        orders=facts.orders,
        net_spend_minor=facts.net_spend_minor,
    )


def cohort_to_wire(cohort: Cohort) -> pb.Cohort:
    cells = [
        pb.CohortCell(day=cell.day, eligible=cell.eligible, retained=cell.retained, rate=cell.rate)
        for cell in cohort.cells
    ]
    return pb.Cohort(week=cohort.week.isoformat(), joined=cohort.joined, cells=cells)


def step_to_wire(step: FunnelStep) -> pb.FunnelStep:
    return pb.FunnelStep(
        kind=pb.FunnelStepKind.ValueType(step.kind),
        members=step.members,
        of_previous=step.of_previous,
        of_first=step.of_first,
    )


def league_row_to_wire(row: LeagueRow) -> pb.LeagueRow:
    return pb.LeagueRow(
        rank=row.rank,
        group_id=str(row.group_id),
        indicator=indicator_to_wire(row.indicator),
        previous_rank=row.previous_rank,
    )


def policy_to_wire(policy: IndicatorPolicy) -> pb.IndicatorPolicy:
    thresholds = [
        pb.IndicatorThreshold(
            kind=pb.IndicatorKind.ValueType(kind),
            healthy_from=policy.thresholds[kind].healthy_from,
            minimum_sample=policy.thresholds[kind].minimum_sample,
        )
        for kind in IndicatorKind
    ]
    return pb.IndicatorPolicy(
        version=policy.version,
        thresholds=thresholds,
        risk_messages_per_member=policy.risk_messages_per_member,
        risk_minimum_members=policy.risk_minimum_members,
        alert_window_days=policy.alert_window_days,
        group_id=str(policy.group_id or ""),
    )


def policy_from_wire(policy: pb.IndicatorPolicy) -> IndicatorPolicy:
    """Raises InvalidPolicy."""
    thresholds = {
        IndicatorKind(it.kind): Threshold(it.healthy_from, it.minimum_sample) for it in policy.thresholds
    }
    if len(thresholds) != len(policy.thresholds):
        raise InvalidPolicy("Give each indicator one threshold", field="policy.thresholds")
    return IndicatorPolicy(
        thresholds=thresholds,
        risk_messages_per_member=policy.risk_messages_per_member,
        risk_minimum_members=policy.risk_minimum_members,
        alert_window_days=policy.alert_window_days or _DEFAULT.alert_window_days,
        group_id=optional_id(policy.group_id),
    )
