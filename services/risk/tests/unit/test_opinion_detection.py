"""What is usual, and when something no longer is: properties of the detector."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from risk.domain.opinion_baseline import Expectation, HourBaseline, Past, expectation
from risk.domain.opinion_counts import (
    BUCKET,
    EVERYWHERE,
    Bucket,
    Counts,
    Opinion,
    bucket_of,
    count,
    hour_of_week,
)
from risk.domain.opinion_detection import (
    Deviation,
    Signal,
    complaints_surprise,
    deviations,
    negatives_surprise,
    threshold,
)
from risk.domain.opinion_policy import OpinionPolicy
from risk.domain.opinion_series import points
from risk.domain.opinion_watch import ScopePast, Usual, unusual

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 16, 4, tzinfo=UTC)  # noon in Shanghai
POLICY = OpinionPolicy()
USUAL = Expectation(messages=10, negative_share=0.15, complaint_share=0.01)
SHARES = st.floats(0.01, 0.6)


def seen(*counts: tuple[int, int, int]) -> list[tuple[Counts, Expectation]]:
    return [(Counts(*each), USUAL) for each in counts]


def opens(deviation: Deviation) -> bool:
    return POLICY.severity(deviation.surprise, deviation.size) is not None


@given(st.integers(1, 400), SHARES, st.data())
def test_more_negatives_surprise_more(messages: int, share: float, data: st.DataObject) -> None:
    fewer = data.draw(st.integers(0, messages - 1))
    surprise = negatives_surprise(fewer, messages, share)
    assert 0 <= surprise <= negatives_surprise(fewer + 1, messages, share)


@given(st.integers(1, 200), SHARES, SHARES)
def test_the_usual_surprises_nobody(messages: int, share: float, other: float) -> None:
    low, high = sorted((share, other))
    assert negatives_surprise(int(low * messages), messages, high) == 0
    negatives = messages * 9 // 10
    surprise = negatives_surprise(negatives, messages, high)
    assert negatives_surprise(negatives, messages, low) >= surprise - 1e-9


@given(st.integers(0, 300), st.floats(0, 100), st.floats(1.0, 3.0))
def test_complaints_surprise_by_what_was_expected(complaints: int, expected: float, more: float) -> None:
    surprise = complaints_surprise(complaints, expected)
    assert complaints_surprise(complaints + 1, expected) >= surprise >= 0
    assert complaints_surprise(complaints, expected * more) <= surprise + 1e-9


@given(st.integers(5, 500), SHARES, st.floats(2, 20))
def test_a_threshold_is_the_least_that_surprises_as_much(messages: int, share: float, wanted: float) -> None:
    def surprise(negatives: int) -> float:
        return negatives_surprise(negatives, messages, share)

    least = threshold(surprise, wanted, messages)
    if least is None:
        assert surprise(messages) < wanted
    else:
        assert surprise(least) >= wanted
        assert least == 0 or surprise(least - 1) < wanted


def test_what_chance_brings_is_rarely_unusual() -> None:
    """Shares that sway from window to window as those of groups do: standard deviation about four points."""
    random = Random(20_261_122)
    alarms = 0
    for _ in range(20_000):
        share = random.betavariate(12, 68)
        negatives = sum(random.random() < share for _ in range(30))
        alarms += any(opens(it) for it in deviations(seen((30, negatives, 0)), POLICY))
    assert alarms < 20


@pytest.mark.parametrize(
    ("counts", "signal"),
    [
        ((30, 5, 0), None),
        ((14, 14, 0), None),  # too few to say
        ((40, 26, 0), Signal.NEGATIVE_SHARE),
        ((40, 6, 12), Signal.COMPLAINTS),
        ((2_000, 300, 20), None),  # many talk, about as ever
    ],
)
def test_a_spike_is_seen_for_what_it_is(counts: tuple[int, int, int], signal: Signal | None) -> None:
    found = [it.signal for it in deviations(seen(counts), POLICY) if opens(it)]
    assert found == ([] if signal is None else [signal])


def test_a_message_counts_in_its_group_and_everywhere() -> None:
    group = new_id()
    said = [
        Opinion(group, MONDAY, 0.9, is_complaint=True),
        Opinion(group, MONDAY + timedelta(minutes=4, seconds=59), 0.2, is_complaint=False),
        Opinion(None, MONDAY, 0.8, is_complaint=False),
    ]
    assert {it.scope_id: it.counts for it in count(said, 0.8)} == {
        group: Counts(2, 1, 1),
        EVERYWHERE: Counts(3, 2, 1),
    }


@given(st.integers(0, 10**7).map(lambda minutes: MONDAY + timedelta(seconds=61 * minutes)))
def test_every_instant_is_in_one_bucket(instant: datetime) -> None:
    start = bucket_of(instant)
    assert start <= instant < start + BUCKET
    assert bucket_of(start) == start
    assert 0 <= hour_of_week(instant, SHANGHAI) < 168


def test_hours_are_those_of_the_tenant() -> None:
    assert hour_of_week(MONDAY, SHANGHAI) == 12
    assert hour_of_week(MONDAY, ZoneInfo("UTC")) == 4
    assert hour_of_week(MONDAY - timedelta(hours=13), SHANGHAI) == 167


def test_a_baseline_forgets_slowly_and_is_not_moved_by_one_loud_hour() -> None:
    baseline = HourBaseline(EVERYWHERE, 12)
    for _ in range(8):
        baseline = baseline.learn(Counts(100, 15, 1))
    assert baseline.past.an_hour == pytest.approx(100)
    loud = baseline.learn(Counts(5_000, 750, 50))
    assert loud.past.an_hour < 200
    assert loud.past.counts.negatives / loud.past.counts.messages == pytest.approx(0.15)
    for _ in range(12):
        baseline = baseline.learn(Counts(200, 30, 2))
    assert 180 < baseline.past.an_hour < 200


def test_a_scope_without_past_is_like_its_tenant_and_one_with_much_like_itself() -> None:
    tenant = Past(500, Counts(50_000, 20_000, 500))
    new = expectation(Past(), Past(), tenant)
    assert (new.negative_share, new.complaint_share) == pytest.approx((0.4, 0.01), rel=0.01)
    own = Past(8, Counts(8_000, 400, 8))
    old = expectation(own, own, tenant)
    assert old.negative_share == pytest.approx(0.05, rel=0.05)
    assert expectation(Past(), own, tenant).messages == pytest.approx(1_000 / 12)


def usual(messages_an_hour: float = 120) -> Usual:
    past = Past(8, Counts(messages_an_hour, messages_an_hour * 0.15, messages_an_hour * 0.01) * 8)
    return Usual(ScopePast(past, dict.fromkeys(range(168), past)), past, SHANGHAI)


def spread(scope_id: UUID, until: datetime, *counts: Counts) -> list[Bucket]:
    """The last buckets before `until`."""
    starts = [until - BUCKET * number for number in range(len(counts), 0, -1)]
    return [Bucket(scope_id, at, each) for at, each in zip(starts, counts, strict=True)]


def test_the_short_window_sees_what_breaks_out_the_long_one_what_creeps() -> None:
    calm, sudden, creeping = Counts(10, 1, 0), Counts(12, 9, 0), Counts(10, 4, 0)
    assert unusual(spread(EVERYWHERE, MONDAY, *[calm] * 24), usual(), POLICY, MONDAY) is None
    found = unusual(spread(EVERYWHERE, MONDAY, *[calm] * 21, *[sudden] * 3), usual(), POLICY, MONDAY)
    assert found is not None
    assert found[0].seen.messages == 36
    slow = unusual(spread(EVERYWHERE, MONDAY, *[creeping] * 24), usual(), POLICY, MONDAY)
    assert slow is not None
    assert slow[0].seen.messages == 240


def test_a_series_says_what_would_open_an_incident() -> None:
    said = spread(EVERYWHERE, MONDAY, *[Counts(10, 1, 0)] * 6)
    since, step = MONDAY - timedelta(minutes=30), timedelta(minutes=15)
    first, second = points(said, usual(), POLICY, since, MONDAY, step)
    assert (first.at, second.at) == (since, since + step)
    assert first.seen == Counts(30, 3, 0)
    assert first.usual.messages == pytest.approx(30)
    assert first.negatives_threshold is not None
    assert first.complaints_threshold is not None
    for negatives, complaints, is_enough in (
        (first.negatives_threshold, 0, True),
        (first.negatives_threshold - 1, 0, False),
        (0, first.complaints_threshold, True),
        (0, first.complaints_threshold - 1, False),
    ):
        window = [(Counts(10), usual().at(since + BUCKET * n)) for n in range(2)]
        window.append((Counts(10, negatives, complaints), usual().at(since + BUCKET * 2)))
        assert any(opens(it) for it in deviations(window, POLICY)) is is_enough
