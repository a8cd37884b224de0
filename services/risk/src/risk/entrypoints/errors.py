"""What every refusal is on the wire. The chassis adds its own."""

from grpc import StatusCode

from chassis.rpc.errors import ErrorTable
from risk.domain import errors

ERRORS: ErrorTable = {
    errors.InvalidWord: (StatusCode.INVALID_ARGUMENT, "INVALID_WORD"),
    errors.InvalidPolicy: (StatusCode.INVALID_ARGUMENT, "INVALID_POLICY"),
    errors.StaleVersion: (StatusCode.ABORTED, "STALE_VERSION"),
    errors.ViolationNotFound: (StatusCode.NOT_FOUND, "VIOLATION_NOT_FOUND"),
    errors.ViolationNotAppealable: (StatusCode.FAILED_PRECONDITION, "VIOLATION_NOT_APPEALABLE"),
    errors.ViolationNotReviewable: (StatusCode.FAILED_PRECONDITION, "VIOLATION_NOT_REVIEWABLE"),
    errors.TaskNotFound: (StatusCode.NOT_FOUND, "MODERATOR_TASK_NOT_FOUND"),
    errors.TaskCancelled: (StatusCode.FAILED_PRECONDITION, "MODERATOR_TASK_CANCELLED"),
    errors.ChangedMeanwhile: (StatusCode.ABORTED, "CHANGED_MEANWHILE"),
}
