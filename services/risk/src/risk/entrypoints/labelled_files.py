"""Files of judged texts: a line is {"text", "label": 0 or 1, "category"?, "source"?}."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import orjson
import typer

from risk.domain.classification import Labelled
from risk.domain.verdict import RiskCategory

_CATEGORIES = {category.name.lower(): category for category in RiskCategory} | {
    "ad": RiskCategory.ADVERT,
    "blackmarket_ad": RiskCategory.ADVERT,
}


LabelledFile = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, help='Lines {"text", "label": 0 or 1, "category"?, "source"?}.'
    ),
]


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """`category` and `source` as the file names them, empty where it does not."""

    text: str
    is_risky: bool
    category: str = ""
    source: str = ""

    def labelled(self) -> Labelled:
        """To learn from. A category that is none of ours, such as spam, is no particular kind."""
        kind = _CATEGORIES.get(self.category) if self.is_risky else None
        return Labelled(self.text, self.is_risky, kind)


@dataclass(frozen=True, slots=True)
class LineRefused:
    """A line that cannot be used: its number, from 1, and why."""

    line: int
    code: str
    field: str | None
    message: str


class _Unusable(ValueError):
    def __init__(self, code: str, field: str | None, message: str) -> None:
        super().__init__(message)
        self.code, self.field = code, field


def read_labelled(
    path: Path, advance: Callable[[int], None]
) -> tuple[Sequence[LabelledLine], Sequence[LineRefused]]:
    """Usable lines and refused ones; `advance` is told the bytes read. Blank lines are nothing."""
    usable, refused = [], []
    for number, line in _lines(path, advance):
        try:
            usable.append(_read(line))
        except _Unusable as reason:
            refused.append(LineRefused(number, reason.code, reason.field, str(reason)))
    return usable, refused


def _lines(path: Path, advance: Callable[[int], None]) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            advance(len(line))
            if line.strip():
                yield number, line


def _read(line: bytes) -> LabelledLine:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _Unusable("MALFORMED_JSON", None, f"not JSON: {error}") from error
    if not isinstance(row, dict):
        raise _Unusable("MALFORMED_JSON", None, "a line must be a JSON object")
    if not isinstance(text := row.get("text"), str):
        raise _Unusable("INVALID_TEXT", "text", "text must be given, as a string")
    if isinstance(label := row.get("label"), bool) or label not in (0, 1):
        raise _Unusable("INVALID_LABEL", "label", "label must be 0, innocent, or 1, risky")
    names = [row.get(name) or "" for name in ("category", "source")]
    for field, value in zip(("category", "source"), names, strict=True):
        if not isinstance(value, str):
            raise _Unusable(f"INVALID_{field.upper()}", field, f"{field} must be a string")
    return LabelledLine(text, label == 1, *names)
