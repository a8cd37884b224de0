"""A tenant's own model: from the wish for one until it judges messages, and after."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from risk.domain.accuracy import Tally
from risk.domain.errors import ClassifierModelNotTrained, ClassifierTooInaccurate


class ModelState(IntEnum):
    """The numbers of the contract."""

    TRAINING = 1
    TRAINED = 2
    ACTIVE = 3
    RETIRED = 4
    FAILED = 5


class TrainingFailure(IntEnum):
    """The numbers of the contract."""

    TOO_FEW_LABELS = 1
    GAVE_UP = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """How a model of this version judged texts beside words and patterns; empty: no model was asked."""

    version: str
    tally: Tally

    @property
    def accuracy(self) -> float:
        return self.tally.accuracy or 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a training: texts learnt from, and how model and the one in force judge texts held back from it."""

    risky: int
    innocent: int
    measured: Figures
    in_force: Figures


@dataclass(frozen=True, slots=True)
class ClassifierModel:
    """`set_id` is the frozen set it is measured by, None: a fifth of the texts. `attempt` counts from 1.

    `outcome` is there once it is trained, for ever.
    """

    id: UUID
    requested_by: str
    requested_at: datetime
    set_id: UUID | None
    state: ModelState = ModelState.TRAINING
    attempt: int = 0
    outcome: Outcome | None = None
    failure: TrainingFailure | None = None
    finished_at: datetime | None = None
    activated_at: datetime | None = None
    activated_by: str = ""

    @property
    def version(self) -> str:
        """As decisions name it; empty until it is trained."""
        return self.outcome.measured.version if self.outcome else ""

    def trained(self, outcome: Outcome, now: datetime) -> "ClassifierModel":
        return replace(self, state=ModelState.TRAINED, outcome=outcome, finished_at=now)

    def failed(self, failure: TrainingFailure, now: datetime) -> "ClassifierModel":
        return replace(self, state=ModelState.FAILED, failure=failure, finished_at=now)

    def require_trained(self) -> Outcome:
        """Raises ClassifierModelNotTrained."""
        if self.outcome is None:
            raise ClassifierModelNotTrained(f"The model is {self.state.name}: there is nothing to judge by")
        return self.outcome

    def activated(self, least_accuracy: float, by: str, now: datetime) -> "ClassifierModel":
        """In force. Raises ClassifierModelNotTrained, ClassifierTooInaccurate."""
        accuracy = self.require_trained().measured.accuracy
        if accuracy < least_accuracy:
            raise ClassifierTooInaccurate(
                f"The model is {accuracy:.1%} accurate, the policy demands {least_accuracy:.1%}:"
                " label more, or change the policy"
            )
        return replace(self, state=ModelState.ACTIVE, activated_at=now, activated_by=by)

    def retired(self) -> "ClassifierModel":
        """No longer in force."""
        return replace(self, state=ModelState.RETIRED)
