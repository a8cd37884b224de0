import gzip
import json
from pathlib import Path

import pytest

from quanzi_local.intake.lines import MAX_LINE_BYTES
from quanzi_local.intake.records import read_records
from quanzi_local.intake.rows import Record, Reject, UnreadableFile


def read(path: Path) -> list[tuple[int, object]]:
    """(line, values) of good rows, (line, code) of broken ones."""
    return [(row.line, row.values if isinstance(row, Record) else row.code) for row in read_records(path)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rows.ndjson"


def test_ndjson_keeps_good_rows_beside_broken_ones(file: Path) -> None:
    file.write_text('{"a": 1}\n\n{"a": \n[1]\n{"a": "圈子"}', encoding="utf-8")
    assert read(file) == [(1, {"a": 1}), (3, "INVALID_JSON"), (4, "INVALID_JSON"), (5, {"a": "圈子"})]


def test_gzip_is_told_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "rows"
    file.write_bytes(gzip.compress(b'{"a": 1}\n{"a": 2}\n'))
    assert read(file) == [(1, {"a": 1}), (2, {"a": 2})]


def test_a_damaged_gzip_file_gives_what_was_read_and_says_where_it_ended(tmp_path: Path) -> None:
    file = tmp_path / "rows.ndjson.gz"
    rows = "".join(json.dumps({"a": n, "b": hash(n) ** 3}) + "\n" for n in range(50_000))
    packed = gzip.compress(rows.encode())
    file.write_bytes(packed[: len(packed) // 2])
    *good, last = read(file)
    assert len(good) > 1_000
    assert all(isinstance(values, dict) for _, values in good)
    assert last[1] == "DAMAGED_FILE"


def test_a_line_that_is_not_utf8_or_too_long_costs_only_itself(file: Path) -> None:
    long = b'{"a": "' + b"x" * MAX_LINE_BYTES * 2 + b'"}'
    file.write_bytes(b'\xef\xbb\xbf{"a": 1}\n{"a": "\xff"}\n' + long + b'\n{"a": 4}\n')
    assert read(file) == [(1, {"a": 1}), (2, "INVALID_ENCODING"), (3, "LINE_TOO_LONG"), (4, {"a": 4})]


def test_a_deeply_nested_row_is_broken_not_fatal(file: Path) -> None:
    file.write_text('{"a": 1}\n{"a": ' + "[" * 100_000 + "\n")
    assert read(file) == [(1, {"a": 1}), (2, "INVALID_JSON")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_names_columns_by_its_header(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "rows.csv"
    rows = ["Member|amount|text", 'a|1.5|"he said ""hi"""', "b||", "c|1", 'd|2|"open', "e|3|x"]
    file.write_text("\n".join(rows).replace("|", delimiter))
    assert read(file) == [
        (2, {"member": "a", "amount": "1.5", "text": 'he said "hi"'}),
        (3, {"member": "b"}),
        (4, "INVALID_COLUMNS"),
        (5, "INVALID_CSV"),
        (6, {"member": "e", "amount": "3", "text": "x"}),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "",
        " customer_id  date number_of_cds  dollar_value\r\n",
        '"customer_id date number_of_cds dollar_value"\n',
    ],
)
def test_cdnow_columns_with_and_without_header_and_the_samples_own_number(
    tmp_path: Path, header: str
) -> None:
    file = tmp_path / "CDNOW.txt"
    file.write_text(f"{header} 00001 19970101  1   11.77\r\n 00004 0001 19970118  2   29.73\r\n broken\r\n")
    first, second, third = read(file)
    assert first[1] == {"member": "00001", "occurred_at": "19970101", "amount": "11.77"}
    assert second[1] == {"member": "00004", "occurred_at": "19970118", "amount": "29.73"}
    assert third[1] == "INVALID_COLUMNS"


@pytest.mark.parametrize("content", [b"", b"just words\n", b"\xff\xfe\n"])
def test_a_file_without_a_known_layout_is_unreadable(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rows.txt"
    file.write_bytes(content)
    with pytest.raises(UnreadableFile):
        list(read_records(file))


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        read_records(tmp_path / "none.csv")


def test_the_row_itself_is_kept_for_the_rejects_file(file: Path) -> None:
    file.write_text('{"a": 1}\n  {broken}  \n')
    reject = list(read_records(file))[1]
    assert isinstance(reject, Reject)
    assert reject.text == "  {broken}  "
