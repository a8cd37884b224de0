"""Refusals of the content domain."""


class DomainError(Exception):
    """A refusal: the message says what to do next, `field` names the input at fault, if one is."""

    field: str | None = None

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field or self.field


class ItemNotFound(DomainError):
    """No such item in this tenant."""

    field = "item_id"


class PlanNotFound(DomainError):
    """No such plan in this tenant."""

    field = "plan_id"


class PostNotFound(DomainError):
    """No such post in this tenant."""

    field = "post_id"


class StaleVersion(DomainError):
    """Somebody else changed it first: read it again and repeat the change."""

    field = "expected_version"


class ExternalReferenceTaken(DomainError):
    """Another item has this external reference."""

    field = "external_reference"


class ItemIncomplete(DomainError):
    """The format needs a body or a URL that is missing."""


class WrongItemStatus(DomainError):
    """The item's status does not allow this step."""

    field = "item_id"


class ReasonMissing(DomainError):
    """A rejection needs a reason."""

    field = "reason"


class WrongPlanStatus(DomainError):
    """The plan's status does not allow this step."""

    field = "plan_id"


class PlanOutdated(DomainError):
    """Another plan took a place meanwhile: generate this one again."""

    field = "plan_id"


class WrongPostStatus(DomainError):
    """The post's status does not allow this step."""

    field = "post_id"


class InvalidPolicy(DomainError):
    """A policy that cannot be applied."""


class NoSuchSlot(DomainError):
    """The new time breaks a constraint of the group."""

    field = "due_at"


class ContactBudgetExhausted(DomainError):
    """A group has received as many mass messages as WeCom allows this month."""
