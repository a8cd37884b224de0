"""`quanzi train risk FILE --out MODEL`, also `python -m risk.train`: make the classifier."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from risk.adapters.simplified_characters import simplified_characters
from risk.adapters.spelling_tables import lookalikes, spellings
from risk.domain.accuracy import Tally, is_held_back
from risk.domain.classification import Labelled, Thresholds
from risk.domain.errors import TooFewLabels
from risk.domain.normal_form import Normaliser
from risk.domain.obfuscation import Obfuscator
from risk.entrypoints.labelled_files import LabelledFile, read_labelled

SEED = 20_261_122
STEPS = 12
NOTHING_LEARNT = 2


def main(
    file: LabelledFile,
    out: Annotated[Path, typer.Option(help="Where the model goes; shipped: src/risk/data/classifier.npz.")],
    seed: Annotated[int, typer.Option(help="Of the disguised copies that are learnt from.")] = SEED,
    innocent: Annotated[
        Path | None, typer.Option(help="Innocent phrases, one a line, that were once held back by mistake.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="The held-back fifth too: then nothing measures the model.")
    ] = False,
) -> None:
    """Make the classifier from judged texts without their held-back fifth; same file and seed, same model."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # sums in one order
    from risk.adapters.classifier.characters import character_views
    from risk.adapters.classifier.examples import examples_of
    from risk.adapters.classifier.training import train

    console = Console(stderr=True)
    alike = lookalikes()
    normaliser = Normaliser(simplified_characters(), alike)
    tables = spellings(normaliser)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("reading", total=STEPS)

        def tell(step: str) -> None:
            progress.update(task, description=step, advance=1)

        lines, refused = read_labelled(file, lambda _: None)
        learnt = [line.labelled() for line in lines if everything or not is_held_back(line.text)]
        held_back = len(lines) - len(learnt)
        if innocent:
            learnt += [Labelled(phrase, False) for phrase in innocent.read_text("utf-8").splitlines()]
        tell("tables of characters")
        views = character_views(normaliser, tables.readings)
        examples = examples_of(learnt, Obfuscator(tables.readings, tables.splits, alike), seed)
        try:
            trained = train(examples, views, tell)
        except TooFewLabels as refusal:
            typer.echo(f"quanzi: {file}: {refusal}", err=True)
            raise typer.Exit(NOTHING_LEARNT) from refusal
        tell("writing")
        stored = trained.model.to_bytes()
        out.write_bytes(stored)
        progress.update(task, completed=STEPS)
    for each in refused:
        typer.echo(f"line {each.line}: {each.code}: {each.message}", err=True)
    flagged = trained.out_of_fold >= Thresholds().review
    tally = Tally.of(zip((each.is_risky for each in learnt), flagged.tolist(), strict=True))
    typer.echo(
        f"{out}: version {trained.model.version}, {len(stored):,} bytes, from {len(learnt):,} texts "
        f"({held_back:,} held back, {len(refused):,} refused). Cross-validated, alone: "
        f"accuracy {tally.accuracy:.1%}, false-positive rate {tally.false_positive_rate:.1%}"
    )


if __name__ == "__main__":
    typer.run(main)
