"""What every refusal is on the wire. The chassis adds its own."""

from grpc import StatusCode

from chassis.rpc.errors import ErrorTable
from content.domain import errors

ERRORS: ErrorTable = {
    errors.ItemNotFound: (StatusCode.NOT_FOUND, "ITEM_NOT_FOUND"),
    errors.PlanNotFound: (StatusCode.NOT_FOUND, "PLAN_NOT_FOUND"),
    errors.PostNotFound: (StatusCode.NOT_FOUND, "POST_NOT_FOUND"),
    errors.StaleVersion: (StatusCode.ABORTED, "STALE_VERSION"),
    errors.ExternalReferenceTaken: (StatusCode.ALREADY_EXISTS, "EXTERNAL_REFERENCE_TAKEN"),
    errors.ItemIncomplete: (StatusCode.INVALID_ARGUMENT, "ITEM_INCOMPLETE"),
    errors.WrongItemStatus: (StatusCode.FAILED_PRECONDITION, "WRONG_ITEM_STATUS"),
    errors.ReasonMissing: (StatusCode.INVALID_ARGUMENT, "REASON_MISSING"),
    errors.WrongPlanStatus: (StatusCode.FAILED_PRECONDITION, "WRONG_PLAN_STATUS"),
    errors.PlanOutdated: (StatusCode.ABORTED, "PLAN_OUTDATED"),
    errors.WrongPostStatus: (StatusCode.FAILED_PRECONDITION, "WRONG_POST_STATUS"),
    errors.InvalidPolicy: (StatusCode.INVALID_ARGUMENT, "INVALID_POLICY"),
    errors.NoSuchSlot: (StatusCode.FAILED_PRECONDITION, "NO_SUCH_SLOT"),
    errors.ContactBudgetExhausted: (StatusCode.FAILED_PRECONDITION, "CONTACT_BUDGET_EXHAUSTED"),
}
