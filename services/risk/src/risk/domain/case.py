"""Something that a person must judge, from its opening to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, IntEnum
from uuid import UUID

from risk.domain.case_policy import CasePolicy
from risk.domain.case_risk import risk_of_strikes
from risk.domain.errors import CaseClosed, CaseHeld, CaseNotClosed, CategoryMissing, SecondLookIsNotOwn
from risk.domain.verdict import Detector, Finding, RiskCategory, Verdict


class CaseKind(IntEnum):
    """What a case is about, the numbers of the contract."""

    MESSAGE_REVIEW = 1
    APPEAL = 2
    SAMPLE = 3
    SECOND_LOOK = 4
    FRAUD_SUSPICION = 5
    PAYMENT_TALK = 6
    SECURITY_FINDING = 7
    OPINION_INCIDENT = 8


class CaseStatus(IntEnum):
    """States, the numbers of the contract."""

    PENDING = 1
    INVESTIGATING = 2
    CLOSED = 3
    REOPENED = 4


class CaseOutcome(IntEnum):
    """What came out, the numbers of the contract. A valuable alert was right to ask; nobody broke a rule."""

    CONFIRMED_RISK = 1
    VALUABLE_ALERT = 2
    FALSE_POSITIVE = 3


class CaseMove(Enum):
    """What can happen to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    CLOSE = "close"
    REOPEN = "reopen"


# What is not here is refused.
TRANSITIONS: Mapping[tuple[CaseStatus, CaseMove], CaseStatus] = {
    (CaseStatus.PENDING, CaseMove.CLAIM): CaseStatus.INVESTIGATING,
    (CaseStatus.REOPENED, CaseMove.CLAIM): CaseStatus.INVESTIGATING,
    (CaseStatus.INVESTIGATING, CaseMove.RELEASE): CaseStatus.PENDING,  # REOPENED, if it was closed before
    (CaseStatus.PENDING, CaseMove.CLOSE): CaseStatus.CLOSED,
    (CaseStatus.REOPENED, CaseMove.CLOSE): CaseStatus.CLOSED,
    (CaseStatus.INVESTIGATING, CaseMove.CLOSE): CaseStatus.CLOSED,
    (CaseStatus.CLOSED, CaseMove.REOPEN): CaseStatus.REOPENED,
}
WAITING = frozenset(status for status, move in TRANSITIONS if move is CaseMove.CLAIM)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a case was opened for: the text masked, what was found in it, and by which versions."""

    masked_text: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    lexicon_version: int = 0
    policy_version: int = 0
    model_version: str = ""

    @property
    def predicted(self) -> RiskCategory | None:
        """Category of the gravest finding, the first of several; None if the text was allowed."""
        if self.verdict is Verdict.ALLOW or not self.findings:
            return None
        return min(self.findings, key=_by_gravity).category

    @property
    def words(self) -> tuple[str, ...]:
        """Words of the lexicon that hit, each once."""
        return tuple(dict.fromkeys(it.rule for it in self.findings if it.detector is Detector.LEXICON))


@dataclass(frozen=True, slots=True)
class Case:
    """`subject_id` is what it is about, by kind. `queued_as_of` orders the queue: older goes first.

    `strikes` are those of the person, whichever of its ids they came under, that `risk` counts.
    `weight` is how many messages a drawn one stands for. `barred` may not judge it.
    """

    id: UUID
    kind: CaseKind
    subject_id: UUID
    group_id: UUID | None
    member_id: UUID | None
    category: RiskCategory | None
    risk: int
    opened_at: datetime
    due_at: datetime
    queued_as_of: datetime
    evidence: Evidence
    status: CaseStatus = CaseStatus.PENDING
    version: int = 1
    reviewer: str = ""
    lease_until: datetime | None = None
    outcome: CaseOutcome | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    weight: float = 1.0
    barred: str = ""
    strikes: int = 0

    def ranked(self, strikes: int, policy: CasePolicy) -> "Case":
        """Where it stands in the queue if the person has so many strikes."""
        risk = self.risk + risk_of_strikes(strikes) - risk_of_strikes(self.strikes)
        queued_as_of = policy.queued_as_of(self.opened_at, risk)
        return replace(self, strikes=strikes, risk=risk, queued_as_of=queued_as_of)

    def claim(self, reviewer: str, until: datetime) -> "Case":
        """Hold it until then. Raises CaseHeld, CaseClosed, SecondLookIsNotOwn."""
        self._may_be_judged_by(reviewer)
        status = self._after(CaseMove.CLAIM)
        return self._next(status=status, reviewer=reviewer, lease_until=until)

    def renew(self, reviewer: str, until: datetime) -> "Case":
        """Hold it until then. Raises CaseHeld unless this reviewer holds it."""
        self._held_by(reviewer)
        return replace(self, lease_until=until)

    def release(self, reviewer: str) -> "Case":
        """Back to the queue. Raises CaseHeld unless this reviewer holds it."""
        self._held_by(reviewer)
        return self._back()

    def lapse(self, now: datetime) -> "Case":
        """Back to the queue if the lease is over; otherwise as it is."""
        if self.status is not CaseStatus.INVESTIGATING or self.lease_until is None or self.lease_until > now:
            return self
        return self._back()

    def close(
        self, reviewer: str, outcome: CaseOutcome, category: RiskCategory | None, now: datetime
    ) -> "Case":
        """Decide; without a category, as suspected. The same by the same reviewer again changes nothing.

        Raises CaseHeld, CaseClosed, CategoryMissing, SecondLookIsNotOwn.
        """
        self._may_be_judged_by(reviewer)
        category = category or self.category
        if self.status is CaseStatus.CLOSED and self.reviewer == reviewer and self.outcome is outcome:
            return self
        if self.status is CaseStatus.INVESTIGATING:
            self._held_by(reviewer)
        status = self._after(CaseMove.CLOSE)
        if category is None and outcome is not CaseOutcome.FALSE_POSITIVE:
            raise CategoryMissing("Nothing was suspected here: say which category of risk it is")
        return self._next(
            status=status,
            reviewer=reviewer,
            lease_until=None,
            outcome=outcome,
            category=category,
            closed_at=now,
        )

    def reopen(self, now: datetime) -> "Case":
        """Into the queue again. Raises CaseNotClosed."""
        status = TRANSITIONS.get((self.status, CaseMove.REOPEN))
        if status is None:
            raise CaseNotClosed(f"The case is {self.status.name.lower()}: there is nothing to reopen")
        return self._next(status=status, reviewer="", outcome=None, closed_at=None, reopened_at=now)

    def note(self) -> "Case":
        """Something was written into its history."""
        return self._next()

    def _may_be_judged_by(self, reviewer: str) -> None:
        if self.barred and self.barred == reviewer:
            raise SecondLookIsNotOwn("You judged it the first time: somebody else must")

    def _held_by(self, reviewer: str) -> None:
        if self.status is not CaseStatus.INVESTIGATING or self.reviewer != reviewer:
            held = f"{self.reviewer} holds the case" if self.reviewer else "Nobody holds the case"
            raise CaseHeld(f"{held}: claim it first")

    def _after(self, move: CaseMove) -> CaseStatus:
        status = TRANSITIONS.get((self.status, move))
        if status is None and self.status is CaseStatus.INVESTIGATING:
            raise CaseHeld(f"{self.reviewer} holds the case until the lease ends")
        if status is None:
            raise CaseClosed("The case is closed: reopen it first")
        return status

    def _back(self) -> "Case":
        status = CaseStatus.REOPENED if self.reopened_at else CaseStatus.PENDING
        return self._next(status=status, reviewer="", lease_until=None)

    def _next(self, **changes: object) -> "Case":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def _by_gravity(finding: Finding) -> tuple[bool, int, bool, int]:
    """Order of the gravest first; of equal ones a guess goes last."""
    is_guess = finding.detector is Detector.CLASSIFIER
    return finding.overruled, -finding.verdict, is_guess, finding.start
