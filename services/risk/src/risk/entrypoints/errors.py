"""What every refusal is on the wire. The chassis adds its own."""

from grpc import StatusCode

from chassis.rpc.errors import ErrorTable
from risk.domain import errors

ERRORS: ErrorTable = {
    errors.InvalidWord: (StatusCode.INVALID_ARGUMENT, "INVALID_WORD"),
    errors.LexiconVersionNotFound: (StatusCode.NOT_FOUND, "LEXICON_VERSION_NOT_FOUND"),
    errors.InvalidPolicy: (StatusCode.INVALID_ARGUMENT, "INVALID_POLICY"),
    errors.StaleVersion: (StatusCode.ABORTED, "STALE_VERSION"),
    errors.ViolationNotFound: (StatusCode.NOT_FOUND, "VIOLATION_NOT_FOUND"),
    errors.ViolationNotAppealable: (StatusCode.FAILED_PRECONDITION, "VIOLATION_NOT_APPEALABLE"),
    errors.ViolationNotReviewable: (StatusCode.FAILED_PRECONDITION, "VIOLATION_NOT_REVIEWABLE"),
    errors.TaskNotFound: (StatusCode.NOT_FOUND, "MODERATOR_TASK_NOT_FOUND"),
    errors.TaskCancelled: (StatusCode.FAILED_PRECONDITION, "MODERATOR_TASK_CANCELLED"),
    errors.CaseNotFound: (StatusCode.NOT_FOUND, "CASE_NOT_FOUND"),
    errors.CaseHeld: (StatusCode.FAILED_PRECONDITION, "CASE_HELD"),
    errors.CaseClosed: (StatusCode.FAILED_PRECONDITION, "CASE_CLOSED"),
    errors.CaseNotClosed: (StatusCode.FAILED_PRECONDITION, "CASE_NOT_CLOSED"),
    errors.CategoryMissing: (StatusCode.INVALID_ARGUMENT, "CATEGORY_MISSING"),
    errors.SecondLookIsNotOwn: (StatusCode.FAILED_PRECONDITION, "SECOND_LOOK_IS_NOT_OWN"),
    errors.InvalidPeriod: (StatusCode.INVALID_ARGUMENT, "INVALID_PERIOD"),
    errors.NoLabels: (StatusCode.FAILED_PRECONDITION, "NO_LABELS"),
    errors.NameTaken: (StatusCode.ALREADY_EXISTS, "NAME_TAKEN"),
    errors.EvaluationSetNotFound: (StatusCode.NOT_FOUND, "EVALUATION_SET_NOT_FOUND"),
    errors.ChangedMeanwhile: (StatusCode.ABORTED, "CHANGED_MEANWHILE"),
}
