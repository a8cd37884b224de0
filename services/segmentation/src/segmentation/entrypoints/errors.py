"""What every refusal is on the wire."""

from grpc import StatusCode

from chassis.keyset import InvalidCursor
from chassis.rpc.errors import ErrorTable
from chassis.tenancy import UnknownTenant
from segmentation.domain import errors

ERRORS: ErrorTable = {
    errors.MemberNotFound: (StatusCode.NOT_FOUND, "MEMBER_NOT_FOUND"),
    errors.PolicyOutdated: (StatusCode.ABORTED, "POLICY_OUTDATED"),
    errors.InvalidPolicy: (StatusCode.INVALID_ARGUMENT, "INVALID_POLICY"),
    errors.InvalidWindow: (StatusCode.INVALID_ARGUMENT, "INVALID_WINDOW"),
    InvalidCursor: (StatusCode.INVALID_ARGUMENT, "INVALID_CURSOR"),
    UnknownTenant: (StatusCode.UNAVAILABLE, "UNKNOWN_TENANT"),
}
