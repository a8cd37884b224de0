"""Rows as bytes of a file: CSV, Parquet, NDJSON."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from segmentation.application.operation_ports import Cell, Column, ColumnType, Encoder
from segmentation.domain.operation import ExportFormat

Batch = Sequence[Sequence[Cell]]
_BOM = b"\xef\xbb\xbf"
# A spreadsheet takes a text that begins so for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def encoder(form: ExportFormat, columns: Sequence[Column]) -> Encoder:
    match form:
        case ExportFormat.CSV:
            return CsvEncoder(columns)
        case ExportFormat.PARQUET:
            return ParquetEncoder(columns)
        case ExportFormat.NDJSON:
            return NdjsonEncoder(columns)


class CsvEncoder:
    """UTF-8 with BOM, as spreadsheets expect it; instants as ISO 8601 in UTC, nothing for null."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._texts = [column.type is ColumnType.TEXT for column in columns]
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer)
        self._writer.writerow([column.name for column in columns])
        self._begun = False

    def rows(self, batch: Batch) -> bytes:
        self._writer.writerows(
            [_harmless(cell) if text else _plain(cell) for cell, text in zip(row, self._texts, strict=True)]
            for row in batch
        )
        return self.end()

    def end(self) -> bytes:
        content = self._buffer.getvalue().encode()
        self._buffer.seek(0)
        self._buffer.truncate()
        begun, self._begun = self._begun, True
        return content if begun else _BOM + content


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _plain(cell: Cell) -> Cell:
    return cell.isoformat() if isinstance(cell, datetime) else cell


class ParquetEncoder:
    """pyarrow is loaded when the first such file is made: it is large, and most processes never need it."""

    def __init__(self, columns: Sequence[Column]) -> None:
        import pyarrow
        import pyarrow.parquet

        types = {
            ColumnType.TEXT: pyarrow.string(),
            ColumnType.INTEGER: pyarrow.int64(),
            ColumnType.INSTANT: pyarrow.timestamp("us", tz="UTC"),
        }
        self._pyarrow: Any = pyarrow
        self._schema: Any = pyarrow.schema([(column.name, types[column.type]) for column in columns])
        self._sink = _Drained()
        self._writer: Any = pyarrow.parquet.ParquetWriter(self._sink, self._schema, compression="zstd")

    def rows(self, batch: Batch) -> bytes:
        if batch:
            columns = [list(column) for column in zip(*batch, strict=True)]
            self._writer.write_table(self._pyarrow.table(columns, schema=self._schema))
        return self._sink.drain()

    def end(self) -> bytes:
        self._writer.close()
        return self._sink.drain()


class _Drained(io.RawIOBase):
    """Gives out what was written since it was last asked."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._drained = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._drained + len(self._buffer)

    def write(self, data: Any) -> int:
        self._buffer += data
        return len(data)

    def drain(self) -> bytes:
        content = bytes(self._buffer)
        self._drained += len(content)
        self._buffer.clear()
        return content


class NdjsonEncoder:
    """An object a line; a column named `row` holds JSON already."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._names = [column.name for column in columns]

    def rows(self, batch: Batch) -> bytes:
        return b"".join(
            orjson.dumps(
                {name: _json(name, cell) for name, cell in zip(self._names, row, strict=True)},
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for row in batch
        )

    def end(self) -> bytes:
        return b""


def _json(name: str, cell: Cell) -> Any:
    return orjson.Fragment(str(cell)) if name == "row" else cell
