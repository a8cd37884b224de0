"""What the service refuses, and what to do about it."""


class DomainError(Exception):
    """A refusal. `field` names the input to blame, if one is."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TicketNotFound(DomainError):
    pass


class QueueEmpty(DomainError):
    """No ticket is waiting."""


class WrongTicketStatus(DomainError):
    """The ticket's status does not allow this step."""


class NotTheAssignee(DomainError):
    """Only the assigned agent, or an admin, may do this."""


class InvalidPolicy(DomainError):
    pass


class StaleVersion(DomainError):
    """Somebody changed it meanwhile: read it again and repeat."""
