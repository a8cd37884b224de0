"""Files of judged reviews: CSV, also in a zip, with cat, label (1 positive, 0 negative) and review."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TextIO
from zipfile import ZipFile, is_zipfile

import typer

ReviewFile = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="CSV, also in a zip: cat, label, review.")
]


@dataclass(frozen=True, slots=True)
class Review:
    """`category` is that of the product."""

    category: str
    is_negative: bool
    text: str


def read_reviews(path: Path) -> Sequence[Review]:
    """Each text once, in the order of the file; rows without a text or a label are left out."""
    with _opened(path) as file:
        rows = [
            Review(row["cat"], row["label"] == "0", row["review"].strip("\ufeff \t\r\n"))
            for row in csv.DictReader(file)
            if row["label"] in ("0", "1") and row["review"]
        ]
    return list({review.text: review for review in rows if review.text}.values())


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if not is_zipfile(path):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
        return
    with ZipFile(path) as folder, folder.open(folder.namelist()[0]) as packed:
        yield io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")
