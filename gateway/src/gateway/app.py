"""The HTTP application: GraphQL, the bulk door, health."""

from __future__ import annotations

from fastapi import FastAPI, Response
from fastapi.responses import ORJSONResponse
from starlette.routing import Route, WebSocketRoute

from chassis import readiness
from gateway.gateway import Gateway
from gateway.graphql_door import GraphQLDoor
from gateway.inbound.bulk import BulkDoor
from gateway.schema import build_schema


def build_app(gateway: Gateway, checks: readiness.Checks) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    door = GraphQLDoor(build_schema(), gateway)
    app.router.routes.append(Route("/graphql", door, methods=["GET", "POST"]))
    app.router.routes.append(WebSocketRoute("/graphql", door))
    app.router.routes.append(Route("/v1/activities", BulkDoor(gateway).receive, methods=["POST"]))

    @app.get("/healthz")
    async def healthz() -> Response:
        """The process answers."""
        return ORJSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> Response:
        """The parts the gateway needs can be reached; names those that cannot."""
        failing = await readiness.failing(checks)
        return ORJSONResponse({"failing": failing}, status_code=503 if failing else 200)

    return app
