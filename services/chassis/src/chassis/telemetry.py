"""OpenTelemetry, set up once. Without an exporter spans record nothing, yet their ids still travel.

Spans are made per call, per consumer batch and per relay batch by the modules that own them, never per field.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from opentelemetry import context, metrics, trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, DEFAULT_ON
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from chassis.settings import ProcessSettings

_PROPAGATOR = TraceContextTextMapPropagator()
_SCOPE = "chassis"


def configure(settings: ProcessSettings) -> None:
    """Install the providers of this process; call once."""
    exporting = settings.otlp_endpoint or settings.trace_file
    resource = Resource({SERVICE_NAME: settings.service})
    provider = TracerProvider(sampler=DEFAULT_ON if exporting else ALWAYS_OFF, resource=resource)
    if settings.trace_file:
        provider.add_span_processor(TraceFile(settings.trace_file, settings.service))
    if settings.otlp_endpoint:
        _export(provider, resource, settings.otlp_endpoint)
    trace.set_tracer_provider(provider)


def shutdown() -> None:
    """Flush what is buffered."""
    for provider in (trace.get_tracer_provider(), metrics.get_meter_provider()):
        if stop := getattr(provider, "shutdown", None):
            stop()


def tracer() -> trace.Tracer:
    return trace.get_tracer(_SCOPE)


def meter() -> metrics.Meter:
    """A meter whose instruments do nothing until an OTLP endpoint is configured."""
    return metrics.get_meter(_SCOPE)


def inject() -> dict[str, str]:
    """The `traceparent` header of the current span; empty outside any span."""
    headers: dict[str, str] = {}
    _PROPAGATOR.inject(headers)
    return headers


@contextmanager
def extracted(headers: Mapping[str, str] | None) -> Iterator[None]:
    """Continue, inside the block, the trace that the headers came from."""
    token = context.attach(_PROPAGATOR.extract(headers or {}))
    try:
        yield
    finally:
        context.detach(token)


def trace_id() -> str | None:
    """The id of the current trace, 32 hex digits."""
    current = trace.get_current_span().get_span_context()
    return trace.format_trace_id(current.trace_id) if current.is_valid else None


class TraceFile(SpanProcessor):
    """Append each ended span as a JSON line; several processes may share the file."""

    def __init__(self, path: Path, service: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._service = service

    def on_end(self, span: ReadableSpan) -> None:
        own = span.context
        line = {
            "trace_id": trace.format_trace_id(own.trace_id),
            "span_id": trace.format_span_id(own.span_id),
            "parent": trace.format_span_id(span.parent.span_id) if span.parent else None,
            "name": span.name,
            "service": self._service,
        }
        os.write(self._file, json.dumps(line, ensure_ascii=False).encode() + b"\n")


def _export(provider: TracerProvider, resource: Resource, endpoint: str) -> None:
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=endpoint))
    metrics.set_meter_provider(MeterProvider(metric_readers=[reader], resource=resource))
