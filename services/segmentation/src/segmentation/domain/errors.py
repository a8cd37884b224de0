"""Refusals of the segmentation domain."""


class DomainError(Exception):
    """A refusal: the message says what to do next, `field` names the input at fault, if one is."""

    field: str | None = None

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field or self.field


class AlertNotFound(DomainError):
    """No such alert in this tenant."""

    field = "id"


class AlertAlreadyClosed(DomainError):
    """The group is healthy again."""

    field = "id"


class AlertAlreadySnoozed(DomainError):
    """Only an open or acknowledged alert can be snoozed."""

    field = "id"


class InvalidSnooze(DomainError):
    """A sleep that ends in the past, or too late."""

    field = "until"


class GroupNotFound(DomainError):
    """No such group in this tenant."""

    field = "group_id"


class MemberNotFound(DomainError):
    """No such member in this tenant."""

    field = "member_id"


class MergeNotFound(DomainError):
    """No such merge in this tenant."""

    field = "merge_id"


class InvalidMerge(DomainError):
    """A merge that cannot be."""


class AlreadyMerged(DomainError):
    """A member that went into another."""


class NotLatestMerge(DomainError):
    """A merge that a later one builds on."""

    field = "merge_id"


class TagNotFound(DomainError):
    """A tag that the member does not have from a rule."""

    field = "name"


class TagRuleNotFound(DomainError):
    """No such tag rule in this tenant."""

    field = "id"


class TooManyTagRules(DomainError):
    """As many tag rules as a tenant may have."""


class InvalidTagRule(DomainError):
    """A tag rule that cannot work."""


class OperationNotFound(DomainError):
    """No such operation in this tenant."""

    field = "id"


class UnsuitableFormat(DomainError):
    """A format in which such a file is not made."""

    field = "format"


class TooManyOperations(DomainError):
    """The tenant has enough work under way."""


class OperationNotFinished(DomainError):
    """There is no file, or not yet."""

    field = "id"


class ResultExpired(DomainError):
    """The file is gone."""

    field = "id"


class ResultNotAllowed(DomainError):
    """A file for others."""

    field = "id"


class SegmentNameTaken(DomainError):
    """Another segment of the tenant has this name."""

    field = "name"


class SegmentNotFound(DomainError):
    """No such segment in this tenant."""

    field = "segment_id"


class TooManySegments(DomainError):
    """A tenant has a limited number of segments."""


class StaleVersion(DomainError):
    """Somebody else changed it first: read it again and repeat the change."""

    field = "expected_version"


class InvalidCondition(DomainError):
    """A condition that says nothing, contradicts itself or is too large; the field is its path."""


class ConsentRefused(DomainError):
    """A consent that cannot be recorded; `code` in UPPER_SNAKE, `field` of the row."""

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message, field)
        self.code = code


class InvalidConsentPolicy(DomainError):
    """A list of purposes that contradicts itself."""


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
