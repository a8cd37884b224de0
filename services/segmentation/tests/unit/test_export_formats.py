import csv
import io
import json
from datetime import UTC, datetime

import pyarrow.parquet
import pytest

from segmentation.adapters.export_formats import encoder
from segmentation.application.operation_ports import Cell, Column, ColumnType
from segmentation.domain.operation import ExportFormat

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
COLUMNS = [
    Column("name", ColumnType.TEXT),
    Column("net_spend_minor", ColumnType.INTEGER),
    Column("seen_at", ColumnType.INSTANT),
]
ROWS: list[list[Cell]] = [['小王, "VIP"', -1250, AT], ["two\nlines", None, AT], ["", 0, None]]


def _file(form: ExportFormat, *batches: list[list[Cell]]) -> bytes:
    writer = encoder(form, COLUMNS)
    return b"".join([*(writer.rows(batch) for batch in batches), writer.end()])


def test_csv_is_utf8_with_bom_and_one_header() -> None:
    content = _file(ExportFormat.CSV, ROWS[:1], ROWS[1:])
    assert content.startswith(b"\xef\xbb\xbfname,")
    assert content.count(b"\xef\xbb\xbf") == 1
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [
        ["name", "net_spend_minor", "seen_at"],
        ['小王, "VIP"', "-1250", "2026-03-02T12:00:00+00:00"],
        ["two\nlines", "", "2026-03-02T12:00:00+00:00"],
        ["", "0", ""],
    ]


def test_a_csv_of_nothing_has_its_header() -> None:
    assert _file(ExportFormat.CSV) == b"\xef\xbb\xbfname,net_spend_minor,seen_at\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_is_no_formula_but_a_number_stays_one(start: str) -> None:
    content = _file(ExportFormat.CSV, [[f"{start}cmd|' /C calc'!A0", -5, None]])
    _, row = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert row == [f"'{start}cmd|' /C calc'!A0", "-5", ""]


def test_parquet_keeps_types_and_texts_as_they_are() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(_file(ExportFormat.PARQUET, ROWS, [["=1", 1, AT]])))
    assert [list(row.values()) for row in table.to_pylist()] == [*ROWS, ["=1", 1, AT]]
    assert [str(field.type) for field in table.schema] == ["string", "int64", "timestamp[us, tz=UTC]"]


def test_a_parquet_of_nothing_can_be_read() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(_file(ExportFormat.PARQUET)))
    assert table.num_rows == 0
    assert table.column_names == [column.name for column in COLUMNS]


def test_a_row_of_ndjson_is_embedded() -> None:
    columns = [Column("table", ColumnType.TEXT), Column("row", ColumnType.TEXT)]
    content = encoder(ExportFormat.NDJSON, columns).rows([["members", '{"display_name": "小王"}']])
    assert [json.loads(line) for line in content.splitlines()] == [
        {"table": "members", "row": {"display_name": "小王"}}
    ]
