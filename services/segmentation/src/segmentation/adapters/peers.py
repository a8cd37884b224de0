"""What the other services keep of members, by gRPC."""

from collections.abc import AsyncIterator, Mapping
from uuid import UUID

from grpc.aio import Channel

from chassis.rpc.client import as_service
from quanzi.privacy.v1.privacy_pb2 import ExportPersonalDataRequest
from quanzi.privacy.v1.privacy_pb2_grpc import PersonalDataServiceStub

_SECONDS = 50.0


class GrpcPeers:
    """`channels` by service."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._services = {name: PersonalDataServiceStub(channel) for name, channel in channels.items()}

    async def personal_rows(self, tenant_id: UUID, member_id: UUID) -> AsyncIterator[tuple[str, str, str]]:
        request = ExportPersonalDataRequest(member_id=str(member_id))
        for service, stub in self._services.items():
            with as_service(tenant_id):
                responses = stub.ExportPersonalData(request, timeout=_SECONDS)
            async for response in responses:
                yield service, response.table, response.row
