"""What the service refuses, and what to do about it."""


class DomainError(Exception):
    """A refusal. `field` names the input to blame, if one is."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class ItemNotFound(DomainError):
    pass


class PlanNotFound(DomainError):
    pass


class PostNotFound(DomainError):
    pass


class StaleVersion(DomainError):
    """Somebody changed it meanwhile: read it again and repeat."""


class ReferenceTaken(DomainError):
    """Another item has this external reference."""


class ItemIncomplete(DomainError):
    """The format needs a body or a URL that is missing."""


class WrongItemStatus(DomainError):
    pass


class ReasonMissing(DomainError):
    pass


class WrongPlanStatus(DomainError):
    pass


class PlanOutdated(DomainError):
    """Another plan took a place meanwhile: generate this one again."""


class WrongPostStatus(DomainError):
    pass


class InvalidPolicy(DomainError):
    pass


class NoSuchSlot(DomainError):
    """The new time breaks a constraint of the group."""


class ContactBudgetExhausted(DomainError):
    """A group has received as many mass messages as WeCom allows this month."""
