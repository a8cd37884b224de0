"""Structured logs: one pipeline for structlog and the standard library, to stderr, for people or as JSON.

Every line carries the service and, inside a call or a batch, the tenant and the trace id; never a secret.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

if TYPE_CHECKING:
    from chassis.settings import ProcessSettings

_SECRET_KEY = re.compile(r"passw|token|secret|authorization|api_?key|private_key|credential", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+@")
_BEARER = re.compile(r"(?i)\bbearer\s+[\w.~+/=-]+")
_HIDDEN = "***"
_NOISY = ("uvicorn.access", "sqlalchemy.engine", "nats", "grpc", "asyncio", "httpx", "httpcore")


def get_logger(name: str) -> FilteringBoundLogger:
    logger: FilteringBoundLogger = structlog.get_logger(name)
    return logger


def configure(settings: ProcessSettings) -> None:
    """Route everything through one handler. Safe to call again, for instance once the service is known."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _time_stamper(settings.log_format),
        add_trace,
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )

    def add_service(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = settings.service
        return event

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *before],
            processors=[
                add_service,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderer(settings.log_format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    logging.captureWarnings(capture=True)
    for name in _NOISY:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(max(logging.WARNING, root.level))


def add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
    return event


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide values under secret-looking keys, passwords inside URLs and bearer tokens, at any depth."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: object, value: Any) -> Any:
    if isinstance(key, str) and _SECRET_KEY.search(key) and value is not None:
        return _HIDDEN
    if isinstance(value, str):
        return _BEARER.sub(_HIDDEN, _URL_PASSWORD.sub(rf"\1:{_HIDDEN}@", value))
    if isinstance(value, dict):
        return {inner: _clean(inner, item) for inner, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_clean(None, item) for item in value) if type(value) in (list, tuple) else value
    return value


def _time_stamper(log_format: str) -> Processor:
    if log_format == "json":
        return structlog.processors.TimeStamper(fmt="iso", utc=True)
    return structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)


def _renderer(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
    ]
