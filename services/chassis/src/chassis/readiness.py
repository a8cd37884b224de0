"""When a process may be given work: all its checks pass. The first time is told to whoever started it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

Checks = Mapping[str, Callable[[], Awaitable[object]]]

_PATIENCE = 2.0


async def failing(checks: Checks) -> dict[str, str]:
    """Run all checks at once, each for at most two seconds; the name → reason of those that raise."""

    async def reason(check: Callable[[], Awaitable[object]]) -> str | None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await check()
        except Exception as error:
            return str(error) or type(error).__name__
        return None

    reasons = await asyncio.gather(*(reason(check) for check in checks.values()))
    return {name: why for name, why in zip(checks, reasons, strict=True) if why is not None}


def announce(path: Path | None, **facts: object) -> None:
    """Write the facts as JSON, whole or not at all; without a path nobody asked."""
    if path is None:
        return
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(json.dumps(facts), encoding="utf-8")
    draft.replace(path)
