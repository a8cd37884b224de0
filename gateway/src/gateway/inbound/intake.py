"""The inbound door, behind both of its faces: rows in; accepted counts and refused rows out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from chassis.clock import Clock
from chassis.tenancy import TenantProfile
from gateway.authentication import Identity
from gateway.errors import unavailable
from gateway.inbound.envelopes import Publisher
from gateway.inbound.groups import GroupDirectory
from gateway.inbound.rows import RowReader, RowRefused
from quanzi.inbound.v1.activity_pb2 import Activity

ROLES = ("admin", "operator", "partner")
_CHUNK = 1_000

FindTenant = Callable[[UUID], Awaitable[TenantProfile]]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """`line` counts from 1; `field` is the path of the field to blame, if one is."""

    line: int
    code: str
    field: str | None
    message: str


class Intake:
    """`find_tenant` raises PublicError for a tenant that is not registered."""

    def __init__(
        self, publisher: Publisher, groups: GroupDirectory, find_tenant: FindTenant, clock: Clock
    ) -> None:
        self.publisher = publisher
        self.groups = groups
        self._find_tenant = find_tenant
        self._clock = clock

    async def open(self, identity: Identity, source: str | None = None) -> Submission:
        """One request. Raises PublicError FORBIDDEN, UNKNOWN_TENANT."""
        identity.require(*ROLES)
        tenant = await self._find_tenant(identity.caller.tenant_id)
        return Submission(self, RowReader(tenant.tenant_id, tenant.currency, source, self._clock()))


class Submission:
    """The rows of one request: added one by one, published by the thousand."""

    def __init__(self, intake: Intake, reader: RowReader) -> None:
        self.accepted = 0
        self.refused: list[RefusedRow] = []
        self._intake = intake
        self._reader = reader
        self._waiting: list[tuple[int, Activity]] = []

    def add(self, line: int, row: object) -> None:
        try:
            self._waiting.append((line, self._reader.read(row)))
        except RowRefused as refused:
            self.refuse(line, refused)

    def refuse(self, line: int, refused: RowRefused) -> None:
        self.refused.append(RefusedRow(line, refused.code, refused.field, str(refused)))

    async def publish_full_chunks(self) -> None:
        """Raises PublicError SERVICE_UNAVAILABLE."""
        if len(self._waiting) >= _CHUNK:
            await self.publish()

    async def publish(self) -> None:
        """Publish what waits, of registered groups. Raises PublicError SERVICE_UNAVAILABLE, AioRpcError."""
        waiting, self._waiting = self._waiting, []
        tenant_id = self._reader.tenant_id
        references = (activity.group_reference for _, activity in waiting)
        unknown = await self._intake.groups.unknown(tenant_id, filter(None, references))
        known: list[Activity] = []
        for line, activity in waiting:
            if activity.group_reference in unknown:
                message = f"group {activity.group_reference!r} is not registered; register it first"
                self.refuse(line, RowRefused("UNKNOWN_GROUP", "group", message))
            else:
                known.append(activity)
        stored = await self._intake.publisher.publish(tenant_id, known, self._reader.now)
        self.accepted += stored
        if stored < len(known):
            error = unavailable("the activity stream")
            error.facts["accepted"] = self.accepted
            raise error
