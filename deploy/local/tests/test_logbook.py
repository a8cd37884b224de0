import io
import json
from pathlib import Path

from quanzi_local.launcher.logbook import BoundedFile, LogBook, readable


def test_json_of_a_process_becomes_a_line_for_people() -> None:
    fields = {
        "event": "claimed",
        "level": "warning",
        "timestamp": "2026-01-31T12:00:00Z",
        "service": "risk",
        "n": 3,
    }
    moment, level, message = readable(json.dumps(fields))
    assert (level, message) == ("warning", "claimed n=3")
    assert moment.isoformat() != ""
    assert (
        readable(json.dumps({**fields, "exception": "Traceback…\nBoom"}))[2]
        == "claimed n=3\nTraceback…\nBoom"
    )


def test_what_is_no_log_record_stays_as_it_is() -> None:
    for line in ("plain", "{not json", '{"json": "but no event"}'):
        assert readable(line)[2] == line


def test_lines_go_to_one_stream_and_to_a_file_each(tmp_path: Path) -> None:
    out = io.StringIO()
    book = LogBook(tmp_path, out=out)
    book.write("risk", "one")
    book.write("gateway", "two")
    book.close()
    assert [line.split()[1:] for line in out.getvalue().splitlines()] == [
        ["risk", "info", "one"],
        ["gateway", "info", "two"],
    ]
    assert (tmp_path / "risk.log").read_text().endswith("one\n")
    assert book.last("gateway") == ["two"]


def test_quiet_keeps_the_files(tmp_path: Path) -> None:
    out = io.StringIO()
    book = LogBook(tmp_path, quiet=True, out=out)
    book.write("risk", "one")
    book.close()
    assert out.getvalue() == ""
    assert "one" in (tmp_path / "risk.log").read_text()


def test_a_log_file_is_bounded(tmp_path: Path) -> None:
    file = BoundedFile(tmp_path / "risk.log", max_bytes=1_000)
    for number in range(1_000):
        file.write(f"line {number}")
    file.close()
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes.keys() == {"risk.log", "risk.log.1"}
    assert max(sizes.values()) < 1_100
    assert (tmp_path / "risk.log").read_text().endswith("line 999\n")
