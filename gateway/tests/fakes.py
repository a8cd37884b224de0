"""The five services, in this process: real gRPC, answers made up by the test, every call counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import grpc
from google.protobuf import message_factory
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from chassis.identity import Caller, Verifier
from chassis.rpc.errors import DETAILS_KEY
from gateway.clients import _FILES

Answer = Callable[[Any], Any]


class Refuse(Exception):
    """Raised by an answer: the call is refused as a service would."""

    def __init__(
        self, code: grpc.StatusCode, reason: str = "", message: str = "refused", field: str | None = None
    ) -> None:
        self.code = code
        info = ErrorInfo(reason=reason, domain="quanzi.fake")
        if field:
            info.metadata["field"] = field
        self.message = message
        status = Status(code=code.value[0], message=message)
        status.details.add().Pack(info)
        self.details = status.SerializeToString()


class FakeServices:
    """`answers["ListMembers"] = lambda request: ListMembersResponse(...)`; other calls are UNIMPLEMENTED.

    Where the contract streams, an answer is a list of messages.
    """

    def __init__(self, verifier: Verifier) -> None:
        self.answers: dict[str, Answer] = {}
        self.calls: Counter[str] = Counter()
        self.callers: list[Caller] = []
        self._verifier = verifier
        self._server = grpc.aio.server()
        for files in _FILES.values():
            for file in files:
                for service in file.services_by_name.values():
                    handlers = {method.name: self._handler(method) for method in service.methods}
                    generic = grpc.method_handlers_generic_handler(service.full_name, handlers)
                    self._server.add_generic_rpc_handlers((generic,))

    async def start(self) -> str:
        port = self._server.add_insecure_port("127.0.0.1:0")
        await self._server.start()
        return f"127.0.0.1:{port}"

    async def stop(self) -> None:
        await self._server.stop(None)

    def forget(self) -> None:
        self.answers.clear()
        self.calls.clear()
        self.callers.clear()

    def _handler(self, method: Any) -> Any:
        request_class = message_factory.GetMessageClass(method.input_type)

        async def answer(request: Any, context: Any) -> Any:
            self.calls[method.name] += 1
            metadata = dict(context.invocation_metadata())
            self.callers.append(self._verifier.verify(metadata["authorization"].removeprefix("Bearer ")))
            if method.name not in self.answers:
                await context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no answer for {method.name}")
            try:
                response = self.answers[method.name](request)
                return await response if isawaitable(response) else response
            except Refuse as refused:
                context.set_trailing_metadata(((DETAILS_KEY, refused.details),))
                await context.abort(refused.code, refused.message)

        async def stream(request: Any, context: Any) -> Any:
            for response in await answer(request, context):
                yield response

        codecs = request_class.FromString, lambda response: response.SerializeToString()
        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(stream, *codecs)
        return grpc.unary_unary_rpc_method_handler(answer, *codecs)
