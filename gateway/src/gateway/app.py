"""The HTTP application: GraphQL, the bulk door, results of operations, health."""

from __future__ import annotations

from fastapi import FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

from chassis import readiness
from gateway.gateway import Gateway
from gateway.graphql_door import GraphQLDoor
from gateway.inbound.bulk import BulkDoor
from gateway.schema import build_schema
from gateway.segmentation import result_door
from gateway.segmentation.result_door import ResultDoor


def build_app(gateway: Gateway, checks: readiness.Checks) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    door = GraphQLDoor(build_schema(), gateway)
    app.router.routes.append(Route("/graphql", door, methods=["GET", "POST"]))
    app.router.routes.append(WebSocketRoute("/graphql", door))
    app.router.routes.append(Route("/v1/activities", BulkDoor(gateway).receive, methods=["POST"]))
    app.router.routes.append(Route(result_door.PATH, ResultDoor(gateway).give, methods=["GET"]))

    @app.get("/healthz")
    async def healthz() -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> Response:
        """What the gateway cannot do without can be reached; a service that is away only nulls its fields."""
        failing = await readiness.failing(checks)
        away = gateway.clients.away()
        return JSONResponse({"failing": failing, "away": away}, status_code=503 if failing else 200)

    if origins := gateway.settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            expose_headers=["content-disposition", "etag"],
            allow_headers=["authorization", "content-type", "traceparent"],
        )
    return app
