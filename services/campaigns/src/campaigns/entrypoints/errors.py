"""What every refusal is on the wire."""

from grpc import StatusCode

from campaigns.application.ports import ConcurrentChange
from campaigns.domain import errors
from chassis.idempotency import IdempotencyConflict, IdempotencyKeyMissing, IdempotencyKeyTooLong
from chassis.keyset import InvalidCursor
from chassis.rpc.errors import ErrorTable
from chassis.tenancy import UnknownTenant

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
    errors.PolicyChanged: (StatusCode.ABORTED, "POLICY_CHANGED"),
    ConcurrentChange: (StatusCode.ABORTED, "CONCURRENT_CHANGE"),
    IdempotencyKeyMissing: (StatusCode.INVALID_ARGUMENT, "IDEMPOTENCY_KEY_MISSING"),
    IdempotencyKeyTooLong: (StatusCode.INVALID_ARGUMENT, "IDEMPOTENCY_KEY_TOO_LONG"),
    IdempotencyConflict: (StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_CONFLICT"),
    InvalidCursor: (StatusCode.INVALID_ARGUMENT, "INVALID_CURSOR"),
    UnknownTenant: (StatusCode.UNAVAILABLE, "UNKNOWN_TENANT"),
}
