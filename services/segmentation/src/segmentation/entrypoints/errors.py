"""What every refusal is on the wire."""

from grpc import StatusCode

from chassis.rpc.errors import ErrorTable
from segmentation.domain import errors

ERRORS: ErrorTable = {
    errors.AlertNotFound: (StatusCode.NOT_FOUND, "ALERT_NOT_FOUND"),
    errors.AlertAlreadyClosed: (StatusCode.FAILED_PRECONDITION, "ALERT_ALREADY_CLOSED"),
    errors.AlertAlreadySnoozed: (StatusCode.FAILED_PRECONDITION, "ALERT_ALREADY_SNOOZED"),
    errors.InvalidSnooze: (StatusCode.INVALID_ARGUMENT, "INVALID_SNOOZE"),
    errors.GroupNotFound: (StatusCode.NOT_FOUND, "GROUP_NOT_FOUND"),
    errors.MemberNotFound: (StatusCode.NOT_FOUND, "MEMBER_NOT_FOUND"),
    errors.MergeNotFound: (StatusCode.NOT_FOUND, "MERGE_NOT_FOUND"),
    errors.InvalidMerge: (StatusCode.INVALID_ARGUMENT, "INVALID_MERGE"),
    errors.AlreadyMerged: (StatusCode.FAILED_PRECONDITION, "ALREADY_MERGED"),
    errors.NotLatestMerge: (StatusCode.FAILED_PRECONDITION, "NOT_LATEST_MERGE"),
    errors.TagNotFound: (StatusCode.NOT_FOUND, "TAG_NOT_FOUND"),
    errors.TagRuleNotFound: (StatusCode.NOT_FOUND, "TAG_RULE_NOT_FOUND"),
    errors.TooManyTagRules: (StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_TAG_RULES"),
    errors.InvalidTagRule: (StatusCode.INVALID_ARGUMENT, "INVALID_TAG_RULE"),
    errors.OperationNotFound: (StatusCode.NOT_FOUND, "OPERATION_NOT_FOUND"),
    errors.UnsuitableFormat: (StatusCode.INVALID_ARGUMENT, "UNSUITABLE_FORMAT"),
    errors.TooManyOperations: (StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_OPERATIONS"),
    errors.OperationNotFinished: (StatusCode.FAILED_PRECONDITION, "OPERATION_NOT_FINISHED"),
    errors.ResultExpired: (StatusCode.NOT_FOUND, "RESULT_EXPIRED"),
    errors.ResultNotAllowed: (StatusCode.PERMISSION_DENIED, "RESULT_NOT_ALLOWED"),
    errors.SegmentNameTaken: (StatusCode.ALREADY_EXISTS, "SEGMENT_NAME_TAKEN"),
    errors.SegmentNotFound: (StatusCode.NOT_FOUND, "SEGMENT_NOT_FOUND"),
    errors.TooManySegments: (StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_SEGMENTS"),
    errors.StaleVersion: (StatusCode.ABORTED, "STALE_VERSION"),
    errors.InvalidCondition: (StatusCode.INVALID_ARGUMENT, "INVALID_CONDITION"),
    errors.InvalidConsentPolicy: (StatusCode.INVALID_ARGUMENT, "INVALID_CONSENT_POLICY"),
    errors.InvalidPolicy: (StatusCode.INVALID_ARGUMENT, "INVALID_POLICY"),
    errors.InvalidWindow: (StatusCode.INVALID_ARGUMENT, "INVALID_WINDOW"),
}
