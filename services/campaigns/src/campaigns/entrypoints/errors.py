"""What every refusal of the domain is on the wire; the chassis has its own."""

from grpc import StatusCode

from campaigns.domain import errors
from chassis.rpc.errors import ErrorTable

ERRORS: ErrorTable = {
    errors.CampaignNotFound: (StatusCode.NOT_FOUND, "CAMPAIGN_NOT_FOUND"),
    errors.ClaimNotFound: (StatusCode.NOT_FOUND, "CLAIM_NOT_FOUND"),
    errors.WindowInvalid: (StatusCode.INVALID_ARGUMENT, "WINDOW_INVALID"),
    errors.PaymentDeadlineTooLong: (StatusCode.INVALID_ARGUMENT, "PAYMENT_DEADLINE_TOO_LONG"),
    errors.ExternalReferenceTaken: (StatusCode.ALREADY_EXISTS, "EXTERNAL_REFERENCE_TAKEN"),
    errors.CampaignTooClose: (StatusCode.FAILED_PRECONDITION, "CAMPAIGN_TOO_CLOSE"),
    errors.CampaignOver: (StatusCode.FAILED_PRECONDITION, "CAMPAIGN_OVER"),
    errors.SaleNotOpen: (StatusCode.FAILED_PRECONDITION, "SALE_NOT_OPEN"),
    errors.SoldOut: (StatusCode.FAILED_PRECONDITION, "SOLD_OUT"),
    errors.LimitReached: (StatusCode.FAILED_PRECONDITION, "LIMIT_REACHED"),
    errors.ClaimStepRefused: (StatusCode.FAILED_PRECONDITION, "CLAIM_STEP_REFUSED"),
    errors.PaymentMismatch: (StatusCode.FAILED_PRECONDITION, "PAYMENT_MISMATCH"),
    errors.NoRefundOwed: (StatusCode.FAILED_PRECONDITION, "NO_REFUND_OWED"),
    errors.StaleVersion: (StatusCode.ABORTED, "STALE_VERSION"),
}
