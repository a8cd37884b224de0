"""Cases, labels and evaluation sets in memory: the same answers as PostgreSQL gives."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.paging import Page, PageRequest, page_of
from chassis.tenancy import TenantProfile
from risk.application.case_ports import CaseListing
from risk.application.label_ports import Period, WordSuggestion
from risk.domain.agreement import PairCount
from risk.domain.case import WAITING, Case, CaseKind, CaseStatus
from risk.domain.case_policy import CasePolicy
from risk.domain.case_step import CaseStep
from risk.domain.errors import EvaluationSetNotFound, NameTaken
from risk.domain.evaluation import EvaluationItem, EvaluationResult, EvaluationSet, Versions
from risk.domain.label import OF_TEXTS, Label, LabelSource, is_drawn
from risk.domain.lexicon import Word
from risk.domain.quality import DrawnCount
from risk.domain.verdict import Verdict

NOTHING_DRAWN = CasePolicy(
    version=1, sample_allowed_per_mille=0, sample_blocked_per_mille=0, second_look_percent=0
)


@dataclass
class CaseRows:
    """What one tenant has stored of cases."""

    cases: dict[UUID, Case] = field(default_factory=dict)
    steps: list[CaseStep] = field(default_factory=list)
    policies: list[CasePolicy] = field(default_factory=lambda: [CasePolicy()])
    labels: dict[tuple[UUID, LabelSource], Label] = field(default_factory=dict)
    sets: dict[UUID, EvaluationSet] = field(default_factory=dict)
    items: dict[UUID, Sequence[EvaluationItem]] = field(default_factory=dict)
    results: dict[tuple[UUID, Versions], EvaluationResult] = field(default_factory=dict)


def _place(case: Case) -> tuple[datetime, UUID]:
    return case.queued_as_of, case.id


class FakeCases:
    def __init__(self, rows: CaseRows) -> None:
        self._rows = rows

    async def add(self, cases: Sequence[Case]) -> set[UUID]:
        stored = set()
        for case in cases:
            if await self.about(case.kind, case.subject_id) is None:
                self._rows.cases[case.id] = case
                stored.add(case.id)
        return stored

    async def hold(self, ids: Collection[UUID]) -> Mapping[UUID, Case]:
        return {case.id: case for case in await self.many(ids)}

    async def hold_next(self, count: int, kind: CaseKind | None, reviewer: str) -> Sequence[Case]:
        waiting = [
            case
            for case in self._rows.cases.values()
            if case.status in WAITING and kind in (None, case.kind) and case.barred != reviewer
        ]
        return sorted(waiting, key=_place)[:count]

    async def hold_open_of(self, member_ids: Collection[UUID]) -> Sequence[Case]:
        return [
            case
            for case in self._rows.cases.values()
            if case.member_id in member_ids and case.status is not CaseStatus.CLOSED
        ]

    async def save(self, cases: Sequence[Case]) -> None:
        self._rows.cases |= {case.id: case for case in cases}

    async def many(self, ids: Collection[UUID]) -> Sequence[Case]:
        return [case for case in self._rows.cases.values() if case.id in ids]

    async def about(self, kind: CaseKind, subject_id: UUID) -> Case | None:
        found = (it for it in self._rows.cases.values() if (it.kind, it.subject_id) == (kind, subject_id))
        return next(found, None)

    async def page(self, request: PageRequest, listing: CaseListing) -> Page[Case]:
        statuses = listing.statuses or set(CaseStatus) - {CaseStatus.CLOSED}
        chosen = [
            case
            for case in sorted(self._rows.cases.values(), key=_place)
            if case.status in statuses
            and listing.kind in (None, case.kind)
            and listing.category in (None, case.category)
            and listing.group_id in (None, case.group_id)
            and (not listing.member_ids or case.member_id in listing.member_ids)
            and listing.reviewer in ("", case.reviewer)
            and (listing.overdue_at is None or case.due_at < listing.overdue_at)
            and (listing.overdue_at is None or case.status is not CaseStatus.CLOSED)
        ]
        rest = [case for case in chosen if request.after is None or _place(case) > request.after]
        total = len(chosen) if request.count_total else None
        return page_of(rest[: request.first + 1], request, _place, total)

    async def record(self, steps: Sequence[CaseStep]) -> None:
        self._rows.steps += steps

    async def steps(self, case_ids: Collection[UUID]) -> Mapping[UUID, Sequence[CaseStep]]:
        found: defaultdict[UUID, list[CaseStep]] = defaultdict(list)
        for step in self._rows.steps:
            if step.case_id in case_ids:
                found[step.case_id].append(step)
        return found


class FakeLabels:
    def __init__(self, rows: CaseRows, words: Mapping[str, Word]) -> None:
        self._rows, self._words = rows, words

    async def put(self, labels: Sequence[Label]) -> None:
        self._rows.labels |= {(label.case_id, label.source): label for label in labels}

    async def withdraw(self, case_id: UUID) -> None:
        for source in set(LabelSource) - {LabelSource.SECOND_LOOK}:
            self._rows.labels.pop((case_id, source), None)

    async def drawn(self, period: Period) -> Sequence[DrawnCount]:
        decided = [
            DrawnCount(
                _month(it.screened_at, period),
                it.verdict,
                it.predicted,
                True,
                it.category,
                1,
                it.weight,
                it.source is LabelSource.SUSPICION,
            )
            for it in self._rows.labels.values()
            if it.drawn and period.from_at <= it.screened_at < period.until_at
        ]
        waiting = [
            DrawnCount(
                _month(it.opened_at, period),
                it.evidence.verdict,
                it.evidence.predicted,
                False,
                None,
                1,
                it.weight,
                it.kind is CaseKind.FRAUD_SUSPICION,
            )
            for it in self._rows.cases.values()
            if is_drawn(it)
            and it.status is not CaseStatus.CLOSED
            and period.from_at <= it.opened_at < period.until_at
        ]
        return decided + waiting

    async def pairs(self, period: Period) -> Sequence[PairCount]:
        counted = Counter(
            (_month(second.decided_at, period), first.category, second.category)
            for second in self._rows.labels.values()
            for first in self._rows.labels.values()
            if second.source is LabelSource.SECOND_LOOK
            and first.source is not LabelSource.SECOND_LOOK
            and first.case_id == second.case_id
            and period.from_at <= second.decided_at < period.until_at
        )
        return [PairCount(*pair, count) for pair, count in counted.items()]

    async def suggestions(self, first: int) -> Sequence[WordSuggestion]:
        allowed = {word.text for word in self._words.values() if word.verdict is Verdict.ALLOW}
        alarms: Counter[str] = Counter()
        confirmed: Counter[str] = Counter()
        for label in self._rows.labels.values():
            if label.source is not LabelSource.SECOND_LOOK:
                (alarms if label.category is None else confirmed).update(set(label.words) - allowed)
        found = [WordSuggestion(word, alarms[word], confirmed[word]) for word in alarms]
        return sorted(found, key=lambda it: (-it.false_alarms, it.confirmed, it.word))[:first]

    async def latest(self, most: int) -> Sequence[Label]:
        of_texts = [it for it in self._rows.labels.values() if it.source in OF_TEXTS]
        return sorted(of_texts, key=lambda label: (label.decided_at, label.case_id))[-most:]

    async def decided(self, from_at: datetime, until_at: datetime) -> Sequence[Label]:
        chosen = [
            label
            for label in self._rows.labels.values()
            if label.source in OF_TEXTS and from_at <= label.decided_at < until_at
        ]
        return sorted(chosen, key=lambda label: (label.decided_at, label.case_id))


class FakeEvaluationSets:
    def __init__(self, rows: CaseRows) -> None:
        self._rows = rows

    async def add(self, frozen: EvaluationSet, items: Sequence[EvaluationItem]) -> None:
        if frozen.name in {stored.name for stored in self._rows.sets.values()}:
            raise NameTaken("taken")
        self._rows.sets[frozen.id] = frozen
        self._rows.items[frozen.id] = items

    async def get(self, set_id: UUID) -> EvaluationSet:
        if set_id not in self._rows.sets:
            raise EvaluationSetNotFound(f"There is no evaluation set {set_id}")
        return self._rows.sets[set_id]

    async def newest(self) -> EvaluationSet | None:
        return max(self._rows.sets.values(), key=lambda it: (it.frozen_at, it.id), default=None)

    async def texts(self) -> Collection[str]:
        return {item.text for items in self._rows.items.values() for item in items}

    async def page(self, request: PageRequest) -> Page[EvaluationSet]:
        newest = sorted(self._rows.sets.values(), key=lambda it: (it.frozen_at, it.id), reverse=True)
        return page_of(newest[: request.first + 1], request, lambda it: (it.frozen_at, it.id))

    async def items(self, set_id: UUID, after: int, count: int) -> Sequence[EvaluationItem]:
        return self._rows.items[set_id][after : after + count]

    async def result(self, set_id: UUID, versions: Versions) -> EvaluationResult | None:
        return self._rows.results.get((set_id, versions))

    async def add_result(self, result: EvaluationResult) -> None:
        self._rows.results.setdefault((result.set_id, result.versions), result)

    async def results(self, set_ids: Collection[UUID]) -> Sequence[EvaluationResult]:
        chosen = [it for it in self._rows.results.values() if it.set_id in set_ids]
        return sorted(chosen, key=lambda it: it.evaluated_at, reverse=True)


class FakeTenants:
    def __init__(self, tenant_id: UUID) -> None:
        self._profile = TenantProfile(tenant_id, "brand", "样例品牌", "Asia/Shanghai", "CNY")

    async def profile(self) -> TenantProfile:
        return self._profile


def _month(at: datetime, period: Period) -> date:
    return at.astimezone(ZoneInfo(period.zone)).date().replace(day=1)
