"""`quanzi eval risk FILE`, also `python -m risk.evaluate`: how right screening is, and how fast."""

from pathlib import Path
from time import process_time
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from risk.adapters.aho_corasick import AhoCorasickMatcher
from risk.adapters.classifier.shipped import StoredClassifier
from risk.adapters.default_lexicon import default_words
from risk.adapters.screeners import UNCHANGED
from risk.adapters.simplified_characters import simplified_characters
from risk.adapters.spelling_tables import lookalikes, spellings
from risk.application.evaluate_screening import Judged, Judges, evaluate_screening
from risk.domain.accuracy import is_held_back
from risk.domain.classification import Thresholds
from risk.domain.lexicon import Lexicon
from risk.domain.normal_form import Normaliser
from risk.domain.obfuscation import Obfuscator
from risk.domain.screening import Screener
from risk.entrypoints.evaluation_report import as_json, as_lines
from risk.entrypoints.labelled_files import LabelledFile, LabelledLine, read_labelled

SEED = 20_261_123


class AsWritten(Normaliser):
    """Leaves every text as it is: what screening would find without normalising."""

    def __init__(self) -> None:
        super().__init__({})

    def fold(self, text: str) -> str:
        return text

    def compact_folded(self, folded: str) -> str:
        return folded

    def folded_origins(self, text: str) -> list[int]:
        return list(range(len(text)))

    def compact_origins(self, folded: str) -> list[int]:
        return list(range(len(folded)))


def main(
    file: LabelledFile,
    held_back: Annotated[
        bool, typer.Option("--held-back", help="Only the fifth that training leaves out.")
    ] = False,
    obfuscate: Annotated[
        bool, typer.Option("--obfuscate", help="Also on disguised copies of the risky texts.")
    ] = False,
    model: Annotated[Path | None, typer.Option(help="Of `train risk`; by default the shipped one.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report to this file, as Markdown.")] = None,
    seed: Annotated[int, typer.Option(help="Of the disguised copies.")] = SEED,
) -> None:
    """Screen judged texts, with the classifier and without; a line that is none is told with its reason."""
    console = Console(stderr=True)
    written_alike = lookalikes()
    normaliser = Normaliser(simplified_characters(), written_alike)
    tables = spellings(normaliser)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(file.name, total=file.stat().st_size)
        lines, refused = read_labelled(file, lambda size: progress.advance(task, size))
    for refusal in refused:
        typer.echo(f"line {refusal.line}: {refusal.code}: {refusal.message}", err=True)
    about = f"{len(lines):,} texts of {file.name}"
    if held_back:
        learnt = {normaliser.compact(line.text) for line in lines if not is_held_back(line.text)}
        lines = [line for line in lines if is_held_back(line.text)]
        alike = sum(normaliser.compact(line.text) in learnt for line in lines)
        about = f"The {len(lines):,} held-back of {about}; {alike:,} are, normalised, like one that is not"
    words, plain = default_words(), AsWritten()
    judges = Judges(
        Screener(Lexicon(UNCHANGED, words, normaliser, AhoCorasickMatcher, tables), normaliser),
        Screener(Lexicon(UNCHANGED, words, plain, AhoCorasickMatcher), plain),
        StoredClassifier(model.read_bytes()) if model else StoredClassifier.shipped(),
        Thresholds(),
    )
    with console.status("screening"):
        evaluation = evaluate_screening(
            [_judged(line) for line in lines],
            judges,
            process_time,
            Obfuscator(tables.readings, tables.splits, written_alike) if obfuscate else None,
            seed,
        )
    text = "\n".join(as_lines(evaluation, f"{about}; {len(refused):,} lines refused"))
    typer.echo(text)
    if report:
        report.write_text(f"# How right screening is\n\n{text}\n", encoding="utf-8")
    if json_file:
        figures = {"file": file.name, "refused": refused, **as_json(evaluation)}
        json_file.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))


def _judged(line: LabelledLine) -> Judged:
    return Judged(line.labelled(), line.source, line.category)


if __name__ == "__main__":
    typer.run(main)
