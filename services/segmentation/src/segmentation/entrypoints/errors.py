"""What every refusal is on the wire."""

from grpc import StatusCode

from chassis.rpc.errors import ErrorTable
from segmentation.domain import errors

ERRORS: ErrorTable = {
    errors.MemberNotFound: (StatusCode.NOT_FOUND, "MEMBER_NOT_FOUND"),
    errors.StaleVersion: (StatusCode.ABORTED, "STALE_VERSION"),
    errors.InvalidCondition: (StatusCode.INVALID_ARGUMENT, "INVALID_CONDITION"),
    errors.InvalidPolicy: (StatusCode.INVALID_ARGUMENT, "INVALID_POLICY"),
    errors.InvalidWindow: (StatusCode.INVALID_ARGUMENT, "INVALID_WINDOW"),
}
