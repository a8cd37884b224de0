"""PersonalDataService, as every service answers it: rows of its tables."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import grpc

from chassis.database import Database
from chassis.identity import caller
from chassis.personal_data import PersonalData, PersonalTable
from chassis.rpc.server import Service
from quanzi.privacy.v1.privacy_pb2 import (
    DESCRIPTOR,
    ExportPersonalDataRequest,
    ExportPersonalDataResponse,
)
from quanzi.privacy.v1.privacy_pb2_grpc import (
    PersonalDataServiceServicer,
    add_PersonalDataServiceServicer_to_server,
)


class PersonalDataRpc(PersonalDataServiceServicer):
    def __init__(self, database: Database, tables: Sequence[PersonalTable]) -> None:
        self._database, self._tables = database, tables

    async def ExportPersonalData(  # noqa: N802
        self, request: ExportPersonalDataRequest, _: grpc.aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[ExportPersonalDataResponse]:
        async with self._database.snapshot(caller().tenant_id) as session:
            async for table, row in PersonalData(session, self._tables).rows(UUID(request.member_id)):
                yield ExportPersonalDataResponse(table=table, row=row)


def personal_data_service(database: Database, tables: Sequence[PersonalTable]) -> Service:
    """For `RpcServer(services=[…])`."""
    return (
        add_PersonalDataServiceServicer_to_server,
        PersonalDataRpc(database, tables),
        DESCRIPTOR.services_by_name["PersonalDataService"],
    )
