"""Plans of statements as the service runs them: explained, undone, then run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

PLANS = Path(__file__).parents[2] / "docs" / "plans"
_WORTH_MS = 0.1
_WIDEST = 200


class Explaining:
    """Stands in for the connection of a unit of work and keeps the plan of every statement worth a look."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.plans: list[tuple[str, list[str]]] = []

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        if not statement.text.strip().startswith("select set_config"):
            async with await self._connection.begin_nested() as savepoint:
                explained = text(f"explain (analyze, buffers, settings) {statement.text}")
                lines = (await self._connection.execute(explained, parameters)).scalars().all()
                await savepoint.rollback()
            if _milliseconds(lines[-1]) >= _WORTH_MS:
                self.plans.append((statement.text, list(lines)))
        return await self._connection.execute(statement, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def _milliseconds(line: str) -> float:
    """Of `Execution Time: 1.234 ms`."""
    return float(line.split()[-2])


def write_plans(name: str, head: str, explaining: Explaining) -> None:
    parts = [f"-- {head}"]
    for statement, lines in explaining.plans:
        parts.append(f"{statement.strip()}\n\n" + "\n".join(_executed(lines)))
    PLANS.mkdir(exist_ok=True)
    (PLANS / f"{name}.txt").write_text("\n\n\n".join(parts) + "\n", encoding="utf-8")


def _executed(lines: list[str]) -> Iterator[str]:
    """Without what was never executed (partitions above all), and without the values of long lists."""
    left_out: int | None = None
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if left_out is not None and depth > left_out:
            continue
        left_out = depth if "(never executed)" in line else None
        if left_out is None:
            yield line if len(line) <= _WIDEST else f"{line[:_WIDEST]} …"
