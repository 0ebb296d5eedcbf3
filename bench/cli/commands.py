"""The commands of ``adaact-bench``; what they do is a call into the room that does it.

Imports stand inside the commands: ``--help`` and every argument error answer before pandas,
matplotlib or TensorFlow is loaded.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.errors import UserError

app = typer.Typer(
    name="adaact-bench",
    help="Is a learned activation better? Trains it against fixed ones over many seeds and checks "
    "the paper.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Results = Annotated[Path, typer.Option(help="Folder of the results.", show_default=True)]
DataDir = Annotated[
    Path | None,
    typer.Option(help="Folder of the data files; else $ADAACT_DATA_DIR, the cache, a download."),
]
Claims = Annotated[Path | None, typer.Option(help="A claims file; by default the paper's.")]

RESULTS = Path("results")
QUICK_RESULTS = Path("results/quick")


def results_folder(results: Path | None, *, quick: bool) -> Path:
    """Returns where ``run`` writes, given its ``--results`` and ``--quick``."""
    return results or (QUICK_RESULTS if quick else RESULTS)


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one argument per option of the command
    quick: Annotated[bool, typer.Option("--quick", help="Minutes: few seeds and epochs.")] = False,
    datasets: Annotated[str | None, typer.Option(help="Comma-separated names.")] = None,
    activations: Annotated[str | None, typer.Option(help="Comma-separated names.")] = None,
    protocols: Annotated[str | None, typer.Option(help="Comma-separated names.")] = None,
    seeds: Annotated[
        str | None, typer.Option(help="N, FIRST:LAST, or by data set: banknote=100,mnist=10.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="A cap on the epochs.")] = None,
    trainer: Annotated[str | None, typer.Option(help="replicate or keras.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Worker processes; 1: in this one. Default: one per core.")
    ] = None,
    block_timeout: Annotated[
        float | None, typer.Option(help="Seconds after which a block counts as hanging.")
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(help="Folder of the results. [default: results, quick: results/quick]"),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Train what is missing, then write tables, figures and the report."""
    from bench.cli.running import Request, run_study
    from bench.study import choose, default_study, quick_study

    if workers is not None and workers < 1:
        raise UserError(f"--workers: expected at least 1. Received: {workers}.")
    if block_timeout is not None and block_timeout <= 0:
        raise UserError(f"--block-timeout: expected seconds above 0. Received: {block_timeout:g}.")
    study = choose(
        quick_study() if quick else default_study(),
        datasets=datasets,
        protocols=protocols,
        activations=activations,
        seeds=seeds,
        epochs=epochs,
        trainer=trainer,
    )
    request = Request(
        study,
        results_folder(results, quick=quick),
        data_dir,
        workers,
        block_timeout,
        by_name=datasets is not None,
    )
    raise typer.Exit(run_study(request))


@app.command()
def report(
    results: Results = RESULTS,
    claims: Claims = None,
    html: Annotated[bool, typer.Option("--html", help="Write report.html, one page, too.")] = False,
) -> None:
    """Make tables, figures and the report again from what is stored; trains nothing."""
    from bench.analysis.claims import PAPER_CLAIMS
    from bench.cli.running import export_stored
    from bench.reporting.report import write_report

    export_stored(results)
    path = write_report(results, claims or PAPER_CLAIMS, html=html)
    typer.echo(path)
    if html:
        typer.echo(path.with_suffix(".html"))


@app.command()
def check(
    results: Results = RESULTS,
    claims: Claims = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 1 if a claim is not reproduced, refuted or differs."),
    ] = False,
) -> None:
    """Print the verdict on every claim."""
    from bench.cli.running import export_stored
    from bench.cli.verdicts import print_verdicts, wanting

    export_stored(results)
    verdicts = print_verdicts(results, claims)
    if strict and (found := wanting(verdicts)):
        typer.echo(f"{found} of {len(verdicts)} claims are found wanting.", err=True)
        raise typer.Exit(1)


@app.command()
def show(
    dataset: Annotated[str, typer.Argument(help="Name of a data set.")],
    seed: Annotated[int, typer.Option(help="The seed.", min=0)] = 42,
    activation: Annotated[str, typer.Option(help="Name of an activation.")] = "adaact",
    protocol: Annotated[str, typer.Option(help="Name of a protocol.")] = "paper",
    parameters: Annotated[
        bool, typer.Option("--parameters", help="All parameters after every epoch.")
    ] = False,
    results: Results = RESULTS,
    data_dir: DataDir = None,
) -> None:
    """Show one run as the paper shows it: summary, parameters by epoch, plots."""
    from bench.cli.show import show_run
    from bench.study import choose, default_study

    keys = choose(
        default_study(),
        datasets=dataset,
        activations=activation,
        protocols=protocol,
        seeds=f"{seed}:{seed}",
    ).keys()
    if len(keys) > 1:
        raise UserError("show: expected one data set, one activation and one protocol.")
    show_run(keys[0], results / "show", data_dir, every_parameter=parameters)


@app.command()
def data(data_dir: DataDir = None) -> None:
    """Fetch and verify the data files, and say where they are."""
    from bench.cli.downloads import locate_all

    found, missing = locate_all(data_dir)
    for name, paths in found.items():
        typer.echo(f"{name}: {', '.join(map(str, paths.values())) or 'comes with scikit-learn'}")
    for reason in missing.values():
        typer.echo(reason, err=True)
    raise typer.Exit(1 if missing else 0)


def main(arguments: list[str] | None = None) -> Any:
    """Runs a command; what the user can mend is one line on stderr and exit code 2."""
    if arguments is None:
        arguments = sys.argv[1:]
    try:
        code = app(arguments or ["--help"], prog_name="adaact-bench", standalone_mode=False)
    except UserError as error:
        _complain(str(error), 2)
    except (typer.Abort, KeyboardInterrupt):
        _complain("interrupted", 130)
    except typer.TyperException as error:  # a mistyped option or command
        _complain(error.format_message().replace("\n", " "), 2)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str, code: int) -> None:
    typer.echo(f"adaact-bench: {message}", err=True)
    sys.exit(code)
