"""Rules: what breaks them, what they reward, what they allow so often; and what they may not be."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from chassis.ids import new_id
from risk.adapters.default_rules import default_rule_set
from risk.adapters.rule_codec import rule_of, rule_to_data
from risk.domain.activity_kind import ActivityKind
from risk.domain.errors import InvalidRule
from risk.domain.ladder import LadderAction
from risk.domain.past_message import PastMessage
from risk.domain.points import Act, EarnedDay, Person, earn
from risk.domain.quota import QuotaDay, Use, Used, use_quotas
from risk.domain.response_times import ResponseComparison, ResponseTimes
from risk.domain.rule_preview import preview
from risk.domain.rule_set import Rulebook, RuleSet
from risk.domain.rules import QUOTA, EncouragedRule, FlexibleRule, MandatoryRule, is_sticker
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict

from ..samples import NOW

SHANGHAI = ZoneInfo("Asia/Shanghai")
ADVERTS = MandatoryRule("no_adverts", "禁止广告", (RiskCategory.ADVERT,))
POSTS = EncouragedRule("post", "晒单", (ActivityKind.UGC,), points=10, daily_limit=2)
GREETINGS = FlexibleRule("greetings", "节日祝福", daily_quota=2, words=("新年快乐",))


def finding(
    category: RiskCategory, verdict: Verdict = Verdict.BLOCK, rule: str = "x", overruled: bool = False
) -> Finding:
    detector = Detector.FLOODING if category is RiskCategory.FLOODING else Detector.LEXICON
    return Finding(category, verdict, detector, rule, 0, 1, overruled)


def key(rules: Rulebook, *findings: Finding) -> str | None:
    broken = rules.broken(findings)
    return broken[0].key if broken else None


def test_the_shipped_rules_have_all_levels_and_come_back_from_storage() -> None:
    shipped = default_rule_set()
    assert {type(rule) for rule in shipped.rules} == {MandatoryRule, EncouragedRule, FlexibleRule}
    assert tuple(rule_of(rule_to_data(rule)) for rule in shipped.rules) == shipped.rules
    for category in RiskCategory:
        forbidden = category is not RiskCategory.PERSONAL_DATA
        assert (Rulebook(shipped.rules).against(category) is not None) == forbidden


def test_the_first_category_and_then_the_first_rule_counts() -> None:
    other = MandatoryRule("other", "其他", (RiskCategory.ADVERT, RiskCategory.PORN))
    rules = Rulebook((ADVERTS, other))
    assert key(rules, finding(RiskCategory.PORN), finding(RiskCategory.ADVERT)) == "no_adverts"
    assert key(rules, finding(RiskCategory.PORN)) == "other"
    assert key(rules, finding(RiskCategory.ABUSE)) is None


@pytest.mark.parametrize(
    ("least", "verdict", "breaks"),
    [
        (Verdict.BLOCK, Verdict.REVIEW, False),
        (Verdict.REVIEW, Verdict.REVIEW, True),
        (Verdict.REVIEW, Verdict.BLOCK, True),
    ],
)
def test_a_finding_less_severe_breaks_nothing(least: Verdict, verdict: Verdict, breaks: bool) -> None:
    rule = MandatoryRule("a", "广告", (RiskCategory.ADVERT,), least_verdict=least)
    assert (key(Rulebook((rule,)), finding(RiskCategory.ADVERT, verdict)) == "a") is breaks


def test_what_is_overruled_breaks_nothing() -> None:
    assert key(Rulebook((ADVERTS,)), finding(RiskCategory.ADVERT, overruled=True)) is None


def test_flooding_by_a_quota_is_of_its_rule_alone() -> None:
    floods = MandatoryRule("floods", "刷屏", (RiskCategory.FLOODING,))
    rules = Rulebook((floods, GREETINGS))
    assert key(rules, finding(RiskCategory.FLOODING, rule="flood")) == "floods"
    assert key(rules, finding(RiskCategory.FLOODING, rule=QUOTA + "greetings")) == "greetings"
    assert key(rules, finding(RiskCategory.FLOODING, rule=QUOTA + "gone")) is None


def test_overrides_take_the_place_of_rules_or_come_besides() -> None:
    off = MandatoryRule("no_adverts", "本群可发广告", (RiskCategory.ADVERT,), enabled=False)
    rules = Rulebook.of((ADVERTS, POSTS), (off, GREETINGS))
    assert [rule.key for rule in rules.rules] == ["no_adverts", "post", "greetings"]
    assert key(rules, finding(RiskCategory.ADVERT)) is None
    assert rules.against(RiskCategory.ADVERT) is None
    assert rules.limiting("祝大家新年快乐") == GREETINGS
    assert rules.rewarding(ActivityKind.UGC) == POSTS
    assert rules.rewarding(ActivityKind.LIKE) is None


@pytest.mark.parametrize(
    ("text", "sticker"),
    [
        ("[微笑]", True),
        ("[微笑][呲牙]！", True),
        ("😀😀", True),
        ("[玫瑰] 谢谢", False),
        ("好😀", False),
        ("……", False),
        ("", False),
        ("[" * 4_000, False),
    ],
)
def test_stickers(text: str, sticker: bool) -> None:
    assert is_sticker(text) is sticker


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: MandatoryRule("A", "x", (RiskCategory.ADVERT,)), "key"),
        (lambda: MandatoryRule("a", "", (RiskCategory.ADVERT,)), "title"),
        (lambda: MandatoryRule("a", "x", ()), "mandatory.categories"),
        (
            lambda: MandatoryRule("a", "x", (RiskCategory.ADVERT,), least_verdict=Verdict.ALLOW),
            "mandatory.least_verdict",
        ),
        (lambda: MandatoryRule("a", "x", (RiskCategory.ADVERT,), points=-1), "mandatory.points"),
        (
            lambda: MandatoryRule("a", "x", (RiskCategory.ADVERT,), ladder=(LadderAction.WARN,) * 11),
            "mandatory.ladder",
        ),
        (lambda: EncouragedRule("a", "x", (), 1, 1), "encouraged.kinds"),
        (lambda: EncouragedRule("a", "x", (ActivityKind.UGC,), 0, 1), "encouraged.points"),
        (lambda: FlexibleRule("a", "x", 1), "flexible.words"),
        (lambda: FlexibleRule("a", "x", 1, words=("",)), "flexible.words"),
        (lambda: FlexibleRule("a", "x", -1, words=("年",)), "flexible.daily_quota"),
        (lambda: RuleSet(1, (ADVERTS, POSTS, ADVERTS)), "rules[2].key"),
        (lambda: RuleSet(1, (), reminder_minutes=-1), "reminder_minutes"),
    ],
)
def test_what_a_rule_may_not_be(make: Callable[[], object], field: str) -> None:
    with pytest.raises(InvalidRule) as refusal:
        make()
    assert refusal.value.field == field


def test_a_quota_counts_what_was_before_and_one_message_opens() -> None:
    day = QuotaDay(new_id(), new_id(), "greetings", date(2026, 11, 22))
    tomorrow = QuotaDay(day.member_id, day.group_id, "greetings", date(2026, 11, 23))
    ids = [new_id() for _ in range(5)]
    fresh = [(it, day, 3) for it in ids[:4]] + [(ids[4], tomorrow, 3)]
    assert list(use_quotas(fresh, {day: Used(1)}).values()) == [
        Use("greetings", exceeds=False, opens=False),
        Use("greetings", exceeds=False, opens=False),
        Use("greetings", exceeds=True, opens=True),
        Use("greetings", exceeds=True, opens=False),
        Use("greetings", exceeds=False, opens=False),
    ]
    [after] = use_quotas([(new_id(), day, 3)], {day: Used(4, flooded=True)}).values()
    assert after == Use("greetings", exceeds=True, opens=False)


def _act(member_id: UUID, hours: int = 0) -> Act:
    return Act(new_id(), member_id, new_id(), ActivityKind.UGC, NOW + timedelta(hours=hours))


def test_so_many_acts_of_a_person_earn_points_in_a_local_day() -> None:
    one, merged = new_id(), new_id()
    person: Person = frozenset((one, merged))
    # 16:00 in Shanghai, so that the next local day begins eight hours later.
    acts = [_act(one), _act(merged, 1), _act(one, 2), _act(one, 8)]
    earned = Counter[EarnedDay]()
    entries = earn(acts[::-1], lambda _: Rulebook((POSTS,)), lambda _: person, earned, SHANGHAI, NOW)
    assert [(it.activity_id, it.points, it.day.day) for it in entries] == [
        (acts[0].activity_id, 10, 22),
        (acts[1].activity_id, 10, 22),
        (acts[3].activity_id, 10, 23),
    ]
    assert entries[0].reversal(NOW).points == -10


def past(
    group_id: UUID, verdict: Verdict, findings: tuple[Finding, ...] = (), text: str = "你好", hours: int = 0
) -> PastMessage:
    """Of one member, so long after NOW, 16:00 in Shanghai."""
    at = NOW + timedelta(hours=hours)
    return PastMessage(new_id(), group_id, group_id, at, at, verdict, findings, text=text)


def test_a_preview_counts_quotas_anew() -> None:
    group_id = new_id()
    said = [past(group_id, Verdict.ALLOW, text="新年快乐", hours=hours) for hours in (0, 1, 2, 9, 10)]
    none = FlexibleRule("greetings", "节日祝福", daily_quota=0, words=("新年快乐",), enabled=False)
    result = preview(
        said,
        lambda _: Rulebook((none,)),
        lambda _: Rulebook((replace(none, daily_quota=1, enabled=True),)),
        SHANGHAI,
        lambda it: it is not said[1],
    )
    assert (result.messages, result.more, result.after) == (2, 2, {"greetings": 2})
    assert [it.activity_id for it in result.samples] == [said[4].activity_id, said[2].activity_id]


def test_a_preview_counts_and_shows_what_would_change() -> None:
    group_id = new_id()
    findings = [
        finding(RiskCategory.ADVERT),
        finding(RiskCategory.ADVERT, Verdict.REVIEW),
        finding(RiskCategory.ABUSE),
    ]
    said = [past(group_id, it.verdict, (it,)) for it in findings]
    before = Rulebook((MandatoryRule("abuse", "辱骂", (RiskCategory.ABUSE,)), ADVERTS))
    strict = MandatoryRule("strict", "广告", (RiskCategory.ADVERT,), least_verdict=Verdict.REVIEW)
    result = preview(said[::-1], lambda _: before, lambda _: Rulebook((strict,)), SHANGHAI, lambda _: True)
    assert (result.messages, result.more, result.fewer, result.other) == (3, 1, 1, 1)
    assert (result.before, result.after) == ({"no_adverts": 1, "abuse": 1}, {"strict": 2})
    assert [(it.before, it.after) for it in result.samples] == [
        ("no_adverts", "strict"),
        ("", "strict"),
        ("abuse", ""),
    ]


@pytest.mark.parametrize(
    ("before", "after", "change"), [(100.0, 40.0, -0.6), (None, 40.0, None), (0.0, 1.0, None)]
)
def test_the_change_of_a_median(before: float | None, after: float | None, change: float | None) -> None:
    times = ResponseTimes(1, 1, before), ResponseTimes(1, 1, after)
    assert ResponseComparison("", *times).change == (change if change is None else pytest.approx(change))
