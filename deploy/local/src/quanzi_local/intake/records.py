"""Layouts of import files: NDJSON, CSV with a header, and the whitespace columns of the CDNOW data set."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path

from quanzi_local.intake.lines import read_lines
from quanzi_local.intake.rows import Record, Reject, UnreadableFile

Line = tuple[int, str] | Reject
EXTENSIONS = {".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv", ".tsv": "csv"}
# customer, [the sample's own number,] date, quantity, dollars
CDNOW = re.compile(
    r"\s*(?P<member>\d+)(\s+\d+)?\s+(?P<occurred_at>\d{8})\s+\d+\s+(?P<amount>-?\d+(\.\d+)?)\s*", re.ASCII
)
CDNOW_HEADER = re.compile(r'\s*"?\s*customer_id\s+date\s+number_of_cds\s+dollar_value\s*"?\s*')


def read_records(path: Path, advance: Callable[[int], None] = lambda _: None) -> Iterator[Record | Reject]:
    """Every row of the file, broken ones as Reject. Raises UnreadableFile if the layout is unknown."""
    lines: Iterator[Line] = filter(_is_filled, read_lines(path, advance))
    first = next(lines, None)
    if first is None:
        raise UnreadableFile(f"{path} is empty")
    if isinstance(first, Reject):
        raise UnreadableFile(f"{path}, line {first.line}: {first.message}")
    lines = chain([first], lines)
    match EXTENSIONS.get(_suffix(path)) or _sniffed(first[1]):
        case "ndjson":
            return map(_json_record, lines)
        case "cdnow":
            return map(_cdnow_record, (line for line in lines if not _is_cdnow_header(line)))
        case "csv":
            return _csv_records(lines)
        case _:
            raise UnreadableFile(f"{path} is neither NDJSON nor CSV with a header line nor CDNOW columns")


def is_cdnow(path: Path) -> bool:
    """Whether the file is laid out as the CDNOW data set."""
    first = next(read_lines(path, lambda _: None), None)
    return isinstance(first, tuple) and _suffix(path) not in EXTENSIONS and _sniffed(first[1]) == "cdnow"


def _is_filled(line: Line) -> bool:
    return isinstance(line, Reject) or bool(line[1].strip())


def _suffix(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix.lower()


def _sniffed(line: str) -> str | None:
    if line.lstrip().startswith("{"):
        return "ndjson"
    if CDNOW.fullmatch(line) or CDNOW_HEADER.fullmatch(line):
        return "cdnow"
    return "csv" if _delimiter(line) else None


def _json_record(line: Line) -> Record | Reject:
    if isinstance(line, Reject):
        return line
    try:
        values = json.loads(line[1], parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        return Reject(*line, "INVALID_JSON", None, f"not JSON: {error}")
    if not isinstance(values, dict):
        return Reject(*line, "INVALID_JSON", None, "a row is a JSON object")
    return Record(*line, values)


def _is_cdnow_header(line: Line) -> bool:
    return isinstance(line, tuple) and CDNOW_HEADER.fullmatch(line[1]) is not None


def _cdnow_record(line: Line) -> Record | Reject:
    if isinstance(line, Reject):
        return line
    match = CDNOW.fullmatch(line[1])
    if not match:
        return Reject(*line, "INVALID_COLUMNS", None, "expected: customer, date YYYYMMDD, quantity, dollars")
    return Record(*line, match.groupdict())


def _delimiter(header: str) -> str | None:
    best = max(",;\t", key=header.count)
    return best if best in header else None


def _csv_records(lines: Iterator[Line]) -> Iterator[Record | Reject]:
    """A record is one line: a quote left open costs that row, not the rest of the file."""
    header = next(lines)
    assert isinstance(header, tuple)  # noqa: S101  read_records has looked at it
    delimiter = _delimiter(header[1]) or ","
    names = [name.strip().lower() for name in _fields(header[1], delimiter)]
    for line in lines:
        yield line if isinstance(line, Reject) else _csv_record(line, names, delimiter)


def _csv_record(line: tuple[int, str], names: Sequence[str], delimiter: str) -> Record | Reject:
    try:
        fields = _fields(line[1], delimiter)
    except csv.Error as error:
        return Reject(*line, "INVALID_CSV", None, str(error))
    if len(fields) != len(names):
        return Reject(*line, "INVALID_COLUMNS", None, f"{len(fields)} columns, the header has {len(names)}")
    return Record(*line, {name: field for name, field in zip(names, fields, strict=True) if field})


def _fields(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter, strict=True))
