"""Refusals of the support domain."""


class DomainError(Exception):
    """A refusal: the message says what to do next, `field` names the input at fault, if one is."""

    field: str | None = None

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field or self.field


class TicketNotFound(DomainError):
    """No such ticket in this tenant."""

    field = "ticket_id"


class QueueEmpty(DomainError):
    """No ticket is waiting."""


class WrongTicketStatus(DomainError):
    """The ticket's status does not allow this step."""

    field = "ticket_id"


class NotTheAssignee(DomainError):
    """Only the assigned agent, or an admin, may do this."""

    field = "ticket_id"


class InvalidPolicy(DomainError):
    """A policy that cannot be applied."""


class StaleVersion(DomainError):
    """Somebody else changed it first: read it again and repeat the change."""

    field = "expected_version"
