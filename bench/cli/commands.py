"""The commands of ``adaact-bench``; each calls the module that does the work.

Imports stand inside the commands, so that ``--help`` and every argument error answer before
pandas, matplotlib or TensorFlow is loaded.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer import Argument, Option

from baselines import ACTIVATIONS, DEFAULT
from bench.cli.terminal import say
from bench.data import DATASETS
from bench.errors import ExitCode, UserError
from bench.rate_choice import RATES

DEBUG = "--debug"  # taken out of the line before it is read

app = typer.Typer(
    name="adaact-bench",
    help="Is a learned activation better? Trains it and fixed ones under many seeds and checks the "
    "paper's claims.",
    epilog=f"{DEBUG} anywhere in the line: also shows where an error comes from.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _folder(text: str | Path) -> Path:
    path = Path(text)
    if not str(text) or (path.exists() and not path.is_dir()):
        raise typer.BadParameter(f"expected a folder. Received: {str(text)!r}.")
    return path


FOLDER: dict[str, Any] = {"parser": _folder, "metavar": "<path>"}


def _results(default: str) -> Any:
    told = f"Folder of the results. [default: {default}]"
    return Option(help=told, show_default=False, **FOLDER)


Results = Annotated[Path, _results("results")]
DataDir = Annotated[
    Path | None,
    Option(
        help="Folder of the data files; else $ADAACT_DATA_DIR, the cache, a download.",
        exists=True,
        file_okay=False,
    ),
]
Activations = Annotated[
    str | None,
    Option(
        help=f"Names with commas between: {', '.join(ACTIVATIONS)}; module:function for your own; "
        f"or all. [default: {','.join(DEFAULT)}]"
    ),
]
Models = Annotated[
    str | None,
    Option(
        help="Models of your own, module:function with commas between; without --activations "
        "beside the fixed ones."
    ),
]
Against = Annotated[
    str | None, Option(help="What all others are compared with. [default: the best fixed one]")
]
Epochs = Annotated[int | None, Option(help="A cap on the epochs.", min=1)]
PROTOCOL_NAMES = (
    "paper, paper-clean, held-out, held-out-scaled, held-out-tuned, held-out-scaled-tuned"
)
Workers = Annotated[
    int | None, Option(help="Worker processes; 1: in this one. [default: one per core]", min=1)
]
Scheduler = Annotated[
    str | None, Option(help="A Dask scheduler, tcp://HOST:PORT; its workers train.")
]
StallTimeout = Annotated[
    float | None,
    Option(
        "--stall-timeout",
        "--block-timeout",
        help="Seconds without a finished epoch after which a block counts as hanging.",
    ),
]
Until = Annotated[
    Literal["decided"] | None,
    Option(help="decided: train further splits while a comparison is undecided."),
]
Tune = Annotated[
    bool,
    Option(
        "--tune",
        help="Also compare the activations at learning rates that validation rows choose, of "
        f"{len(RATES)} for each activation and split.",
    ),
]
Claims = Annotated[Path | None, Option(help="A claims file; by default the paper's.")]

Sep = Annotated[str | None, Option(help="What separates fields. [default: what fits]")]
Decimal = Annotated[str | None, Option(help="The decimal sign, . or ,. [default: what fits]")]
Encoding = Annotated[str | None, Option(help="The text's encoding. [default: UTF-8]")]
Html = Annotated[bool, Option("--html", help="Write report.html, one page, too.")]

RESULTS = Path("results")
QUICK_RESULTS = Path("results/quick")


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"adaact-bench {version('adaact-bench')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, Option("--version", help="Print the version.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options of the program itself; ``_tell_version`` prints the version."""


def results_folder(results: Path | None, *, quick: bool) -> Path:
    """Return where ``run`` writes, given its ``--results`` and ``--quick``."""
    return results or (QUICK_RESULTS if quick else RESULTS)


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one argument per option of the command
    quick: Annotated[
        bool, Option("--quick", help="Train few seeds and epochs, in minutes.")
    ] = False,
    datasets: Annotated[
        str | None, Option(help=f"Names with commas between: {', '.join(DATASETS)}.")
    ] = None,
    activations: Activations = None,
    models: Models = None,
    against: Against = None,
    protocols: Annotated[
        str | None, Option(help=f"Names with commas between: {PROTOCOL_NAMES}.")
    ] = None,
    splits: Annotated[
        str | None, Option(help="Splits of the held-out protocols: N, or iris=50,mnist=10.")
    ] = None,
    seeds: Annotated[
        str | None,
        Option(
            help="Seeds, of each split where there are several: N, FIRST:LAST, or by data set: "
            "banknote=100,mnist=10."
        ),
    ] = None,
    epochs: Epochs = None,
    tune: Tune = False,
    until: Until = None,
    trainer: Annotated[str | None, Option(help="many-seeds or keras.")] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    stall_timeout: StallTimeout = None,
    results: Annotated[Path | None, _results("results, quick: results/quick")] = None,
    data_dir: DataDir = None,
) -> None:
    """Train what is missing, then write tables, figures and the report."""
    from bench.cli.run_study import run_study
    from bench.default_studies import default_study, quick_study
    from bench.options import Request, choose

    study = choose(
        quick_study() if quick else default_study(),
        datasets=datasets,
        protocols=protocols,
        activations=activations,
        models=models,
        against=against,
        splits=splits,
        seeds=seeds,
        epochs=epochs,
        trainer=trainer,
        tune=tune,
    )
    request = Request(
        study,
        results_folder(results, quick=quick),
        data_dir=data_dir,
        workers=workers,
        stall_timeout=stall_timeout,
        scheduler=scheduler,
        until=until,
        by_name=datasets is not None,
    )
    raise typer.Exit(run_study(request))


@app.command()
def compare(  # noqa: PLR0913, PLR0917 - one argument per option of the command
    files: Annotated[
        list[str],
        Argument(
            help="Tables: .csv, .tsv, .parquet, packed with gzip or not; - for standard input; "
            "or breast_cancer, wine, digits."
        ),
    ],
    target: Annotated[
        list[str] | None,
        Option(help="The column that holds the classes; of one file: b.csv=COLUMN."),
    ] = None,
    groups: Annotated[
        str | None, Option(help="A column whose rows of one value stay together in every split.")
    ] = None,
    positive: Annotated[
        str | None, Option(help="The class that the scores call positive. [default: the last]")
    ] = None,
    merge_rare: Annotated[
        bool, Option("--merge-rare", help="Make one class of those with too few rows.")
    ] = False,
    drop_rare: Annotated[
        bool, Option("--drop-rare", help="Leave rows of classes with too few rows out.")
    ] = False,
    metric: Annotated[
        str,
        Option(
            help="The score that is compared: accuracy, f1, balanced-accuracy, roc-auc, log-loss "
            "or brier.",
            show_default=True,
        ),
    ] = "accuracy",
    drop: Annotated[str | None, Option(help="Columns to leave out.")] = None,
    categorical: Annotated[
        str | None, Option(help="Columns of numbers that are names of categories.")
    ] = None,
    missing: Annotated[
        str | None, Option(help="Texts that stand for a missing value, beside ?.")
    ] = None,
    no_header: Annotated[
        bool, Option("--no-header", help="Row 1 is data; columns are called 1, 2, ...")
    ] = False,
    sep: Sep = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    hidden: Annotated[
        str, Option(help="Widths of the hidden layers.", show_default=True)
    ] = "64,32",
    activations: Activations = None,
    models: Models = None,
    against: Against = None,
    splits: Annotated[str | None, Option(help="How many splits. [default: 20]")] = None,
    seeds: Annotated[
        str | None, Option(help="Seeds of each split: N or FIRST:LAST. [default: 5]")
    ] = None,
    epochs: Epochs = None,
    tune: Tune = False,
    until: Until = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    stall_timeout: StallTimeout = None,
    results: Annotated[Path | None, _results("results/compare-NAME")] = None,
) -> None:
    """Compare the activations on tables of your own, then write tables, figures and a report."""
    from bench.cli import comparing
    from bench.data.tables import Reading
    from bench.default_studies import table_study
    from bench.options import Request, choose, folder_name, parse_widths, table_names

    tables = table_names(files)
    base = table_study(tuple(tables), parse_widths(hidden))
    request = Request(
        choose(
            base,
            activations=activations,
            models=models,
            against=against,
            metric=metric,
            splits=splits,
            seeds=seeds,
            epochs=epochs,
            tune=tune,
        ),
        results or RESULTS / f"compare-{folder_name(tuple(tables))}",
        workers=workers,
        stall_timeout=stall_timeout,
        scheduler=scheduler,
        until=until,
    )
    reading = Reading(
        targets=tuple(target or ()),
        sep=sep,
        decimal=decimal,
        encoding=encoding,
        missing=missing,
        no_header=no_header,
        drop=drop,
        categorical=categorical,
        positive=positive,
        merge_rare=merge_rare,
        drop_rare=drop_rare,
        groups=groups,
    )
    raise typer.Exit(comparing.compare(request, tables, reading))


@app.command()
def judge(  # noqa: PLR0913, PLR0917 - one argument per option of the command
    file: Annotated[
        str,
        Argument(
            help="Scores: columns dataset, method, seed, score, and split, seconds, test_rows, "
            "other_rows if there are any; - for standard input; or a results folder."
        ),
    ],
    reference: Annotated[
        str | None, Option(help="The method to compare with. [default: the file's first]")
    ] = None,
    margin: Annotated[
        float | None,
        Option(help="The gap too small to matter. [default: .005, of scores from 0 to 1]"),
    ] = None,
    metric: Annotated[str | None, Option(help="What the score is.")] = None,
    higher: Annotated[
        bool | None,
        Option("--higher-is-better/--lower-is-better", help="Which scores are better. [higher]"),
    ] = None,
    resplit: Annotated[
        bool, Option("--resplit", help="Each seed is a split of its own, drawn anew.")
    ] = False,
    test_share: Annotated[
        float | None, Option(help="Share of the rows that a split tests, as 0.25.")
    ] = None,
    sep: Sep = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    html: Html = False,
    results: Annotated[Path | None, _results("results/judge-NAME")] = None,
) -> None:
    """Judge anybody's scores by the same statistics, and write the same report."""
    from bench.cli import judging
    from bench.data.tables import Reading
    from bench.options import table_name

    options = judging.asked(file, reference, margin, metric, higher, resplit, test_share)
    reading = Reading(sep=sep, decimal=decimal, encoding=encoding)
    folder = results or RESULTS / f"judge-{table_name(file)}"
    path = judging.judge(file, options, reading, folder, html=html)
    say(f"Report: {path}")


@app.command()
def report(
    results: Results = RESULTS,
    claims: Claims = None,
    html: Html = False,
    stdout: Annotated[
        bool, Option("--stdout", help="Print the report in place of writing it.")
    ] = False,
) -> None:
    """Make tables, figures and the report again from what is stored; trains nothing."""
    if html and stdout:
        raise UserError("--html, --stdout: the page is a file. Leave one of them out.")
    from bench.claims_file import PAPER_CLAIMS
    from bench.cli.run_study import exported
    from bench.reporting.report import report_text, write_report

    with exported(results):
        if stdout:
            say(report_text(results, claims or PAPER_CLAIMS).rstrip("\n"))
            return
        path = write_report(results, claims or PAPER_CLAIMS, html=html)
    say(path)
    if html:
        say(path.with_suffix(".html"))


@app.command()
def check(
    results: Results = RESULTS,
    claims: Claims = None,
    strict: Annotated[
        bool, Option("--strict", help="Exit 1 if a claim is not reproduced, refuted or differs.")
    ] = False,
) -> None:
    """Print the verdict on every claim."""
    from bench.cli.run_study import exported
    from bench.cli.verdicts import print_verdicts, wanting

    with exported(results):
        verdicts = print_verdicts(results, claims)
    if strict and (found := wanting(verdicts)):
        say(f"{found} of {len(verdicts)} claims fail.", err=True)
        raise typer.Exit(ExitCode.WANTING)


@app.command()
def show(  # noqa: PLR0913, PLR0917 - one argument per option of the command
    dataset: Annotated[str, Argument(help="Name of a data set.")],
    seed: Annotated[
        int, Option(help="The seed; its random numbers are not the paper's.", min=0)
    ] = 42,
    activation: Annotated[str, Option(help="Name of an activation.")] = "adaact",
    protocol: Annotated[str, Option(help="Name of a protocol.")] = "paper",
    split: Annotated[int, Option(help="Number of the split, where there are several.", min=0)] = 0,
    parameters: Annotated[
        bool, Option("--parameters", help="All parameters after every epoch.")
    ] = False,
    results: Results = RESULTS,
    data_dir: DataDir = None,
) -> None:
    """Train one trial and show it as the paper does: summary, parameters by epoch, plots."""
    from bench.cli.show import show_run
    from bench.default_studies import default_study
    from bench.options import choose
    from bench.records import LEARNING_RATE, TrialKey

    asked = choose(
        default_study(),
        datasets=dataset,
        activations=activation,
        protocols=protocol,
        splits=str(split + 1) if split else None,
        seeds=f"{seed}:{seed}",
    )
    cells = replace(asked, models=()).cells()
    if len(cells) > 1:
        raise UserError("show: expected one data set, one activation and one protocol.")
    key = TrialKey(*cells[0], split, seed, LEARNING_RATE)
    show_run(key, results / "show", data_dir, every_parameter=parameters)


@app.command()
def data(
    data_dir: DataDir = None,
    plots: Annotated[
        Path | None,
        Option(help="Folder for a scatter matrix of each table with up to ten features.", **FOLDER),
    ] = None,
) -> None:
    """Fetch and verify the data files, and say where they are."""
    from bench.cli.downloads import locate_all

    found, missing = locate_all(data_dir)
    for name, paths in found.items():
        say(f"{name}: {', '.join(map(str, paths.values())) or 'comes with scikit-learn'}")
    if plots is not None:
        from bench.cli.show import plot_data

        plot_data(found, plots, data_dir)
    for reason in missing.values():
        say(reason, err=True)
    raise typer.Exit(ExitCode.WANTING if missing else ExitCode.DONE)
