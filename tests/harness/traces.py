"""Spans that all processes wrote to one file."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .front_end import FrontEnd


def spans_by_service(trace_file: Path, trace_id: str) -> dict[str, set[str]]:
    """Names of the spans of one trace, by the service that made them."""
    found: dict[str, set[str]] = {}
    for line in trace_file.read_text(encoding="utf-8").splitlines():
        span = json.loads(line)
        if span["trace_id"] == trace_id:
            found.setdefault(span["service"], set()).add(span["name"])
    return found


@contextmanager
def tracing(front_end: FrontEnd) -> Iterator[str]:
    """The id of the trace that all requests inside the block belong to."""
    trace_id = secrets.token_hex(16)
    front_end.http.headers["traceparent"] = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    try:
        yield trace_id
    finally:
        del front_end.http.headers["traceparent"]
