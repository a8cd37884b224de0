"""Refusals of the segmentation domain."""


class DomainError(Exception):
    """A refusal: the message says what to do next, `field` names the input at fault, if one is."""

    field: str | None = None

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field or self.field


class MemberNotFound(DomainError):
    """No such member in this tenant."""

    field = "member_id"


class StaleVersion(DomainError):
    """Somebody else changed it first: read it again and repeat the change."""

    field = "expected_version"


class InvalidCondition(DomainError):
    """A condition that says nothing, contradicts itself or is too large; the field is its path."""


class InvalidPolicy(DomainError):
    """A policy that cannot be applied."""


class InvalidWindow(DomainError):
    """A window of dates that cannot be measured."""


class TooOld(DomainError):
    """An activity from before what is kept."""

    field = "occurred_at"


class CurrencyMismatch(DomainError):
    """An order in another currency than the tenant's."""

    field = "order.currency"
