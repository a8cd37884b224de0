"""What the use cases of labels need: the smallest interfaces, in domain types."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.paging import Page, PageRequest
from risk.domain.agreement import PairCount
from risk.domain.evaluation import EvaluationItem, EvaluationResult, EvaluationSet, Versions
from risk.domain.label import Label
from risk.domain.quality import DrawnCount


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant until before another; months begin in the zone (IANA)."""

    from_at: datetime
    until_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class WordSuggestion:
    """A word that hit harmless texts, with how many closed cases it hit in."""

    word: str
    false_alarms: int
    confirmed: int


class Labels(Protocol):
    async def put(self, labels: Sequence[Label]) -> None:
        """One for each case and source: a later one takes the place of the earlier."""
        ...

    async def withdraw(self, case_id: UUID) -> None:
        """What the case itself taught; that of a second look stays."""
        ...

    async def drawn(self, period: Period) -> Sequence[DrawnCount]:
        """By month of the messages and names: labels of drawn ones, and drawn cases that are not decided."""
        ...

    async def pairs(self, period: Period) -> Sequence[PairCount]:
        """By month of the second look."""
        ...

    async def suggestions(self, first: int) -> Sequence[WordSuggestion]:
        """Most false alarms first, without words that the tenant allows."""
        ...

    async def latest(self, most: int) -> Sequence[Label]:
        """First judgements of texts, the latest decision last."""
        ...

    async def decided(self, from_at: datetime, until_at: datetime) -> Sequence[Label]:
        """First judgements of texts in a period, in order of decision."""
        ...


class EvaluationSets(Protocol):
    async def add(self, frozen: EvaluationSet, items: Sequence[EvaluationItem]) -> None:
        """Raises NameTaken."""
        ...

    async def get(self, set_id: UUID) -> EvaluationSet:
        """Raises EvaluationSetNotFound."""
        ...

    async def newest(self) -> EvaluationSet | None: ...

    async def texts(self) -> Collection[str]:
        """All that is frozen, in whichever set."""
        ...

    async def page(self, request: PageRequest) -> Page[EvaluationSet]:
        """Newest first. Raises InvalidCursor."""
        ...

    async def items(self, set_id: UUID, after: int, count: int) -> Sequence[EvaluationItem]:
        """Those after a number, in order."""
        ...

    async def result(self, set_id: UUID, versions: Versions) -> EvaluationResult | None: ...

    async def add_result(self, result: EvaluationResult) -> None:
        """Of the same versions the first one stays."""
        ...

    async def results(self, set_ids: Collection[UUID]) -> Sequence[EvaluationResult]:
        """Newest first."""
        ...
