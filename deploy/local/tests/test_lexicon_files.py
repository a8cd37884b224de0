"""Words from files to the graph and back, against a door of a few lines that keeps them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quanzi_local.cli import app
from quanzi_local.intake import word_import
from quanzi_local.intake.words import WordRow

AT_ONCE = 3
REFUSED = "不收的词"


class Door(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.words: dict[str, dict[str, Any]] = {}
        self.calls = 0


class Handler(BaseHTTPRequestHandler):
    server: Door

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.calls += 1
        answer = self._answer(asked["variables"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"data": answer}).encode())

    def _answer(self, variables: dict[str, Any]) -> dict[str, Any]:
        stored = self.server.words
        if "words" in variables:
            changed = {it["word"]: it for it in variables["words"] if stored.get(it["word"]) != it}
            if any(it["word"] == REFUSED for it in variables["words"]):
                error = {"code": "INVALID", "field": "words", "message": "not this one"}
                return {"lexiconPutWords": {"changed": None, "userErrors": [error]}}
            stored |= changed
            return {"lexiconPutWords": {"changed": len(changed), "userErrors": []}}
        after = sorted(word for word in stored if word > variables["after"])
        words = [stored[word] for word in after[:AT_ONCE]]
        return {"lexiconExport": {"words": words, "hasMore": len(after) > AT_ONCE}}

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def door() -> Iterator[Door]:
    server = Door()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def run(door: Door, *arguments: str) -> str:
    address = ["--url", f"http://127.0.0.1:{door.server_port}", "--token", "t"]
    result = CliRunner().invoke(app, ["lexicon", *arguments, *address])
    assert result.exit_code == 0, result.output
    return result.output


def test_words_go_in_come_out_and_go_in_again(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_import, "MAX_WORDS", 4)
    source = tmp_path / "words.csv"
    lines = [f"词{n},review,advert,{n % 2},,为什么{n}" for n in range(9)]
    header = "word,verdict,category,match_homophones,match_splits,note"
    source.write_text("\n".join([header, *lines, "好词,allow,,,,"]), "utf-8")
    assert "10 words added or changed, 0 there already, 0 rejected" in run(door, "import", str(source))
    assert door.calls == 3
    assert "0 words added or changed, 10 there already" in run(door, "import", str(source))
    before = dict(door.words)
    for name in ("out.csv", "out.ndjson"):
        out = tmp_path / name
        assert "10 words" in run(door, "export", str(out))
        door.words.clear()
        assert "10 words added" in run(door, "import", str(out))
        assert door.words == before


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({"word": "……", "category": "ADVERT"}, "INVALID_WORD", "word"),
        ({"word": "词"}, "MISSING_FIELD", "category"),
        ({"word": "词", "category": "OTHER"}, "UNKNOWN_VALUE", "category"),
        ({"word": "词", "verdict": "maybe", "category": "ADVERT"}, "UNKNOWN_VALUE", "verdict"),
        ({"word": "词" * 101, "category": "ADVERT"}, "TOO_LONG", "word"),
        ({"word": "词", "category": "ADVERT", "match_splits": "perhaps"}, "UNKNOWN_VALUE", "match_splits"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_line_and_reason(
    door: Door, tmp_path: Path, row: dict[str, str], code: str, field: str
) -> None:
    source = tmp_path / "words.ndjson"
    good = {"word": "好词", "verdict": "ALLOW"}
    source.write_text(f"{json.dumps(good)}\n{json.dumps(row)}\n", "utf-8")
    assert "1 words added or changed, 0 there already, 1 rejected" in run(door, "import", str(source))
    (refusal,) = (tmp_path / "words.ndjson.rejects.ndjson").read_text("utf-8").splitlines()
    told = json.loads(refusal)
    assert (told["line"], told["code"], told["field"]) == (2, code, field)


def test_a_word_that_the_gateway_refuses_costs_only_itself(door: Door, tmp_path: Path) -> None:
    source = tmp_path / "words.csv"
    words = [f"词{n}" for n in range(20)]
    words[7] = words[13] = REFUSED
    source.write_text("\n".join(["word,category", *(f"{word},ADVERT" for word in words)]), "utf-8")
    assert "18 words added or changed, 0 there already, 2 rejected" in run(door, "import", str(source))
    refusals = (tmp_path / "words.csv.rejects.ndjson").read_text("utf-8").splitlines()
    assert [json.loads(it)["line"] for it in refusals] == [9, 15]
    assert json.loads(refusals[0])["message"] == "not this one"


def test_a_portion_is_no_larger_than_the_gateway_takes() -> None:
    longest = {"word": "词" * 100, "note": "因" * 200}
    rows = [WordRow(line, "", longest) for line in range(3_000)]
    portions = list(word_import.portions(iter(rows)))
    assert sum(map(len, portions)) == len(rows)
    sizes = [
        len(json.dumps([it.word for it in portion if isinstance(it, WordRow)], ensure_ascii=False).encode())
        for portion in portions
    ]
    assert len(sizes) > 1
    assert max(sizes) < 990_000
