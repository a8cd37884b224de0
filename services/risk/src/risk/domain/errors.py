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
