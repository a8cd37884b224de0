"""What every refusal is on the wire. The chassis adds its own."""

from grpc import StatusCode

from chassis.rpc.errors import ErrorTable
from support.domain import errors

ERRORS: ErrorTable = {
    errors.TicketNotFound: (StatusCode.NOT_FOUND, "TICKET_NOT_FOUND"),
    errors.QueueEmpty: (StatusCode.NOT_FOUND, "QUEUE_EMPTY"),
    errors.WrongTicketStatus: (StatusCode.FAILED_PRECONDITION, "WRONG_TICKET_STATUS"),
    errors.NotTheAssignee: (StatusCode.FAILED_PRECONDITION, "NOT_THE_ASSIGNEE"),
    errors.InvalidPolicy: (StatusCode.INVALID_ARGUMENT, "INVALID_POLICY"),
    errors.StaleVersion: (StatusCode.ABORTED, "STALE_VERSION"),
}
