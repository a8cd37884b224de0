"""Refusals of the campaigns domain."""

from datetime import datetime
from uuid import UUID


class DomainError(Exception):
    """A refusal: the message says what to do next, `field` names the input at fault, if one is."""

    field: str | None = None


class CampaignNotFound(DomainError):
    """No campaign has this id."""

    field = "campaign_id"

    def __init__(self, campaign_id: UUID) -> None:
        super().__init__(f"there is no campaign {campaign_id}; look it up by its external reference")


class ClaimNotFound(DomainError):
    """No claim has this id."""

    field = "claim_id"

    def __init__(self, claim_id: UUID) -> None:
        super().__init__(f"there is no claim {claim_id}; claim the item first")


class WindowInvalid(DomainError):
    """The window is empty, or over before it began."""

    field = "ends_at"

    def __init__(self, earliest: datetime) -> None:
        super().__init__(f"the campaign must end after {earliest.isoformat()}; choose a later end")


class PaymentDeadlineTooLong(DomainError):
    """Reservations would hold stock longer than the policy allows."""

    field = "payment_deadline_seconds"

    def __init__(self, maximum: int) -> None:
        super().__init__(
            f"a reservation may wait at most {maximum} s for its payment; choose a shorter deadline"
        )


class ExternalReferenceTaken(DomainError):
    """Another campaign of the tenant has this external reference."""

    field = "external_reference"

    def __init__(self, reference: str) -> None:
        super().__init__(f"external reference {reference!r} belongs to another campaign; use a new one")


class CampaignTooClose(DomainError):
    """A group has another campaign within the interval."""

    field = "group_ids"

    def __init__(self, group_id: UUID, campaign_id: UUID, starts_at: datetime, free_from: datetime) -> None:
        super().__init__(
            f"group {group_id} is taken by campaign {campaign_id} from {starts_at.isoformat()} "
            f"until {free_from.isoformat()}, interval included; choose another time or override with a reason"
        )


class CampaignOver(DomainError):
    """The campaign has ended or is cancelled already."""

    field = "campaign_id"

    def __init__(self, campaign_id: UUID, status: str) -> None:
        super().__init__(
            f"campaign {campaign_id} is {status}; only a scheduled or open campaign can be cancelled"
        )


class SaleNotOpen(DomainError):
    """The flash sale does not take claims now."""

    field = "campaign_id"

    def __init__(self, campaign_id: UUID, opens_at: datetime, closes_at: datetime) -> None:
        super().__init__(
            f"campaign {campaign_id} takes claims from {opens_at.isoformat()} to {closes_at.isoformat()} "
            "unless cancelled; claim within the window"
        )


class SoldOut(DomainError):
    """Fewer units are available than were asked for."""

    field = "quantity"

    def __init__(self, available: int) -> None:
        advice = f"ask for at most {available}" if available else "unpaid units may return"
        super().__init__(f"{available} units are available; {advice}")


class LimitReached(DomainError):
    """The member would hold more than the sale allows."""

    field = "quantity"

    def __init__(self, limit: int) -> None:
        super().__init__(f"a member may hold at most {limit} units of this sale; ask for fewer")


class ClaimStepRefused(DomainError):
    """The claim is not in a state that allows the step."""

    field = "claim_id"

    def __init__(self, step: str, status: str) -> None:
        super().__init__(f"a claim that is {status} cannot {step}; read the claim again")


class PaymentMismatch(DomainError):
    """The payment differs from what the claim costs. It is recorded, and owed back."""

    field = "amount_minor"

    def __init__(self, amount_minor: int, currency: str) -> None:
        super().__init__(
            f"the claim costs {amount_minor} {currency} (minor units); the payment is recorded and owed back"
        )


class NoRefundOwed(DomainError):
    """Nothing is owed back for this claim."""

    field = "claim_id"

    def __init__(self, claim_id: UUID) -> None:
        super().__init__(f"no payment of claim {claim_id} is owed back; read the claim again")


class StaleVersion(DomainError):
    """Somebody else changed it first: read it again and repeat the change."""

    field = "expected_version"
