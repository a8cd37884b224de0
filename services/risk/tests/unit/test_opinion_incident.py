"""The life of an opinion incident, its plan, and what a policy admits."""

from datetime import timedelta

import pytest

from chassis.ids import new_id
from risk.adapters.opinion_words import ChineseOpinionWords
from risk.domain.errors import IncidentClosed, InvalidPolicy, PlanStepNotFound
from risk.domain.opinion_counts import EVERYWHERE, Counts
from risk.domain.opinion_detection import Deviation, Signal
from risk.domain.opinion_incident import (
    MOST_ESCALATIONS,
    Incident,
    IncidentStatus,
    Review,
    open_incident,
)
from risk.domain.opinion_plan import OwnerRole, PlanTask, Severity
from risk.domain.opinion_policy import OpinionPolicy

from ..samples import NOW

POLICY = OpinionPolicy()
WORDS = ChineseOpinionWords()
MINUTE = timedelta(minutes=1)
REVIEW = Review("批次异味", "下架并补发")


def deviating(surprise: float = 7, negatives: int = 20) -> Deviation:
    return Deviation(Signal.NEGATIVE_SHARE, surprise, negatives, Counts(40, negatives, 2), 6.0)


def incident(severity: Severity = Severity.MODERATE) -> Incident:
    return open_incident(new_id(), new_id(), deviating(), severity, WORDS.plan, POLICY, NOW)


@pytest.mark.parametrize("severity", Severity)
def test_a_graver_incident_has_more_to_do_in_less_time(severity: Severity) -> None:
    opened = incident(severity)
    assert [step.number for step in opened.plan] == list(range(1, len(opened.plan) + 1))
    assert len(opened.plan) == sum(task.severity <= severity for task in WORDS.plan)
    assert all(step.due_at > NOW for step in opened.plan)
    assert opened.acknowledge_by == NOW + timedelta(minutes=40) / 2 ** (severity - 1)


def test_it_becomes_graver_and_never_milder() -> None:
    opened = incident()
    later = NOW + 10 * MINUTE
    worse = opened.seen(deviating(12, 60), Severity.SERIOUS, WORDS.plan, POLICY, later)
    assert worse.severity is Severity.SERIOUS
    assert worse.acknowledge_by == later + 20 * MINUTE
    assert worse.plan[: len(opened.plan)] == opened.plan
    assert worse.plan[len(opened.plan)].due_at > later
    milder = worse.seen(deviating(), Severity.MODERATE, WORDS.plan, POLICY, later + MINUTE)
    assert (milder.severity, milder.worst, milder.version) == (worse.severity, worse.worst, worse.version)
    assert milder.unusual_at == later + MINUTE


def test_nobody_acknowledges_it() -> None:
    it = incident()
    assert it.escalate(POLICY, NOW + 39 * MINUTE) is it
    for number in range(1, MOST_ESCALATIONS + 1):
        assert it.acknowledge_by is not None
        it = it.escalate(POLICY, it.acknowledge_by)
        assert it.escalations == number
    assert it.acknowledge_by is None
    assert it.escalate(POLICY, NOW + timedelta(days=9)) is it


def test_who_acknowledges_it_first_takes_care() -> None:
    taken = incident().acknowledge("ann", NOW + MINUTE)
    assert (taken.status, taken.acknowledged_by) == (IncidentStatus.ACKNOWLEDGED, "ann")
    assert taken.acknowledge("bob", NOW + 2 * MINUTE) is taken
    assert taken.escalate(POLICY, NOW + timedelta(days=1)) is taken


def test_the_plan_is_carried_out_step_by_step() -> None:
    it = incident().complete(2, "ann", NOW + MINUTE)
    assert [bool(step.done_at) for step in it.plan] == [False, True, False]
    assert it.complete(2, "bob", NOW + 2 * MINUTE) is it
    for number in (0, 4):
        with pytest.raises(PlanStepNotFound) as refused:
            it.complete(number, "ann", NOW)
        assert refused.value.field == "number"


def test_it_closes_itself_and_is_reviewed_later() -> None:
    it = incident()
    assert it.calm(POLICY, NOW + 89 * MINUTE) is it
    closed = it.calm(POLICY, NOW + 90 * MINUTE)
    assert (closed.status, closed.closed_by, closed.review) == (IncidentStatus.CLOSED, "", None)
    for refused in (lambda: closed.acknowledge("ann", NOW), lambda: closed.complete(1, "ann", NOW)):
        with pytest.raises(IncidentClosed):
            refused()
    reviewed = closed.close("ann", REVIEW, NOW + timedelta(days=1))
    assert (reviewed.review, reviewed.closed_at) == (REVIEW, closed.closed_at)
    assert reviewed.close("bob", REVIEW, NOW + timedelta(days=2)) is reviewed
    with pytest.raises(IncidentClosed):
        reviewed.close("bob", Review("别的", "别的"), NOW)


def test_where_it_is() -> None:
    assert incident().group_id is not None
    whole = open_incident(new_id(), EVERYWHERE, deviating(), Severity.CRITICAL, (), POLICY, NOW)
    assert whole.group_id is None
    assert WORDS.summary(whole) == "全部群出现重大舆情：40 条消息中 20 条负面，平常约 6.0 条。"
    assert WORDS.summary(incident()).startswith("群内出现一般舆情")


@pytest.mark.parametrize(
    ("surprise", "size", "severity"),
    [
        (4.9, 500, None),
        (5, 5, Severity.MODERATE),
        (30, 29, Severity.MODERATE),
        (30, 30, Severity.SERIOUS),
        (19, 500, Severity.SERIOUS),
        (20, 100, Severity.CRITICAL),
    ],
)
def test_severity_goes_by_deviation_and_size(surprise: float, size: int, severity: Severity | None) -> None:
    assert POLICY.severity(surprise, size) is severity


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"calm_minutes": 9}, "policy.calm_minutes"),
        ({"negative_from_percent": 100}, "policy.negative_from_percent"),
        ({"serious_surprise": 4}, "policy.serious_surprise"),
        ({"short_window_minutes": 60, "long_window_minutes": 30}, "policy.short_window_minutes"),
        ({"plan": (PlanTask(Severity.MODERATE, OwnerRole.LEGAL, "看", 1),) * 31}, "policy.plan"),
    ],
)
def test_a_policy_out_of_range_is_refused(values: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        OpinionPolicy(**values)  # type: ignore[arg-type]
    assert refused.value.field == field
