"""Refusals of the risk domain."""


class DomainError(Exception):
    """A refusal: the message says what to do next, `field` names the input at fault, if one is."""

    field: str | None = None

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field or self.field


class InvalidWord(DomainError):
    """A lexicon word cannot be used."""

    field = "words"


class LexiconVersionNotFound(DomainError):
    """No such version of this tenant's lexicon."""

    field = "version"


class InvalidPolicy(DomainError):
    """A policy value is out of range."""

    field = "policy"


class StaleVersion(DomainError):
    """Somebody else changed it first: read it again and repeat the change."""

    field = "expected_version"


class ViolationNotFound(DomainError):
    """No such violation in this tenant."""

    field = "violation_id"


class ViolationNotAppealable(DomainError):
    """The violation is in a state, or has a history, that admits no appeal."""

    field = "violation_id"


class ViolationNotReviewable(DomainError):
    """There is nothing to decide about this violation."""

    field = "violation_id"


class TaskNotFound(DomainError):
    """No such moderator task in this tenant."""

    field = "task_id"


class TaskCancelled(DomainError):
    """The task is no longer needed, so it cannot be confirmed."""

    field = "task_id"


class ChangedMeanwhile(DomainError):
    """The row was changed between reading and writing; nothing was written."""


class CaseNotFound(DomainError):
    """No such case in this tenant."""

    field = "case_id"


class CaseHeld(DomainError):
    """Another reviewer holds the case, or nobody does."""

    field = "case_id"


class CaseClosed(DomainError):
    """The case is decided."""

    field = "case_id"


class CaseNotClosed(DomainError):
    """There is nothing to reopen."""

    field = "case_id"


class CategoryMissing(DomainError):
    """A risk needs a category."""

    field = "category"


class SecondLookIsNotOwn(DomainError):
    """The reviewer judged the case the first time."""

    field = "case_id"


class InvalidPeriod(DomainError):
    """The period is empty or too long."""

    field = "from_date"


class NoLabels(DomainError):
    """There is nothing to freeze."""

    field = "from_at"


class NameTaken(DomainError):
    """Another evaluation set has the name."""

    field = "name"


class EvaluationSetNotFound(DomainError):
    """No such evaluation set in this tenant."""

    field = "set_id"


class TooFewLabels(DomainError):
    """Not enough judged texts of both sorts to learn from."""

    field = "labels"
