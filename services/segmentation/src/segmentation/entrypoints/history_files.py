"""Files of activities and orders, row by row: NDJSON, CSV with a header line, or Parquet."""

import csv
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet

from segmentation.entrypoints.history_rows import FIELDS, RowRefused

_ROWS_AT_ONCE = 20_000
Row = Mapping[str, object] | RowRefused


def read_rows(path: Path) -> Iterator[Row]:
    """By the end of the name; a row that cannot be read is a refusal. Raises OSError, ValueError."""
    match path.suffix:
        case ".parquet":
            return _parquet(path)
        case ".csv":
            return _csv(path)
        case ".ndjson" | ".jsonl":
            return _ndjson(path)
        case other:
            raise ValueError(f"{other!r} is none of .parquet, .csv, .ndjson")


def count_rows(path: Path) -> int:
    """About: lines, where there may be a header or a line break in a field."""
    if path.suffix == ".parquet":
        return int(pyarrow.parquet.read_metadata(path).num_rows)
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def _parquet(path: Path) -> Iterator[Row]:
    with pyarrow.parquet.ParquetFile(path) as file:
        names = [name for name in file.schema_arrow.names if name in FIELDS]
        batches = file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=names)
        columns = ([column.to_pylist() for column in batch.columns] for batch in batches)
        yield from (dict(zip(names, row, strict=True)) for row in chain.from_iterable(map(_rows, columns)))


def _rows(columns: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    return zip(*columns, strict=True)


def _csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row if None not in row else RowRefused("MALFORMED_CSV", None, "more fields than the header")


def _ndjson(path: Path) -> Iterator[Row]:
    with path.open("rb") as lines:
        for line in lines:
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                yield RowRefused("MALFORMED_JSON", None, str(error))
            else:
                yield _flat(row)


def _flat(row: Any) -> Row:
    """The order of a row at the bulk door is an object of its own."""
    if not isinstance(row, dict):
        return RowRefused("MALFORMED_JSON", None, "a row is a JSON object")
    order = row.pop("order", None)
    if isinstance(order, dict):
        row["order_reference"] = order.get("reference")
        row["amount_minor"], row["currency"] = order.get("amount_minor"), order.get("currency")
    return row
