"""A second gateway, whose list of members comes from a file instead of segmentation: `… FILE`.

All else is the gateway's own: HTTP server, identities, schema, limits, conversion. Run with the environment
of the gateway, another QUANZI_HTTP_PORT and another QUANZI_READY_FILE.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import grpc

from chassis.runtime import Process, run
from gateway.bootstrap import build
from quanzi.segmentation.v1 import members_pb2, members_pb2_grpc


class Members:
    """Takes the place of a `MemberServiceStub`."""

    listing = members_pb2.ListMembersResponse()

    def __init__(self, channel: grpc.aio.Channel) -> None:
        del channel

    async def ListMembers(self, request: members_pb2.ListMembersRequest) -> members_pb2.ListMembersResponse:  # noqa: N802
        del request
        return self.listing


async def build_http_alone() -> Process:
    """No consumer, relay or sender runs here: they would take the gateway's work."""
    process = await build()
    return replace(process, loops={"http": process.loops["http"]})


if __name__ == "__main__":
    Members.listing = members_pb2.ListMembersResponse.FromString(Path(sys.argv[1]).read_bytes())
    members_pb2_grpc.MemberServiceStub = Members  # type: ignore[assignment, misc]
    run(build_http_alone)
