"""Why something about the rota or a training cannot be done."""

from risk.domain.errors import DomainError


class GroupNotFound(DomainError):
    """No such group in this tenant, as far as this service has heard."""

    field = "group_id"


class ModeratorNotFound(DomainError):
    """Nobody of this staff id is on the rota."""

    field = "staff_id"


class GroupNotServed(DomainError):
    """The moderator may not be on duty in the group."""

    field = "staff_id"


class InvalidShift(DomainError):
    """The times of a shift cannot be."""


class OnDutyAlready(DomainError):
    """Nobody is on duty twice at one time."""

    field = "staff_id"


class ShiftNotFound(DomainError):
    """No such shift in this tenant."""

    field = "shift_id"


class ShiftTemplateNotFound(DomainError):
    """No such weekly shift in this tenant."""

    field = "template_id"


class ShiftBegun(DomainError):
    """The shift has begun or was cancelled."""

    field = "shift_id"


class NotYourShift(DomainError):
    """Somebody else has the shift."""

    field = "shift_id"


class ShiftOffered(DomainError):
    """An offer of the shift waits for its answer."""

    field = "shift_id"


class SwapNotFound(DomainError):
    """No such swap in this tenant."""

    field = "swap_id"


class NotYourSwap(DomainError):
    """The shift was offered to somebody else."""

    field = "swap_id"


class SwapAnswered(DomainError):
    """The swap was answered already."""

    field = "swap_id"


class TrainingSessionNotFound(DomainError):
    """No such training session in this tenant."""

    field = "session_id"


class NotEnrolled(DomainError):
    """Somebody need not attend the session."""

    field = "staff_id"


class NoQuiz(DomainError):
    """The session has no questions."""

    field = "session_id"


class AnswersMissing(DomainError):
    """A question is not answered, or an answer has no question."""

    field = "answers"
