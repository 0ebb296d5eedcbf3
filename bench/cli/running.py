"""``run``: locate the data, train what is missing, export, report; interrupted at any time."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from rich.console import Console

from baselines import CLASSICAL
from bench import runner
from bench.cli import until_decided
from bench.cli.downloads import locate_all
from bench.cli.overwriting import STORE, spare
from bench.cli.progress import StudyProgress
from bench.cli.provenance import provenance, recorded
from bench.cli.terminal import say
from bench.data import load
from bench.errors import ExitCode
from bench.exports.looks import look_of, looks_at, write_looks
from bench.store import Store
from bench.study import first_look, plan, what_decides, without_loss
from bench.training import own_activation, source_hash
from bench.training.pools.process_pool import ProcessPool
from bench.training.pools.worker_pool import Pool, cores
from bench.training.trainers import xla

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

    from bench.options import Request
    from bench.records import Done, TrialKey
    from bench.study import Study


class Terminated(BaseException):
    """SIGTERM was received."""


def run_study(request: Request) -> int:
    """Run a study and return the exit code."""
    return interruptible(partial(_run, request))


def interruptible(work: Callable[[Console], int]) -> int:
    """Return what the work does, or the exit code of the signal that ended it early."""
    console = Console(stderr=True)
    with _terminable():
        try:
            return work(console)
        except (KeyboardInterrupt, Terminated) as interruption:
            before = "Interrupted before training; the same command goes on from there."
            (told, *_) = getattr(interruption, "__notes__", [before])
            say(told, console)
            terminated = isinstance(interruption, Terminated)
            return ExitCode.TERMINATED if terminated else ExitCode.INTERRUPTED


def _run(request: Request, console: Console) -> int:
    spare(request.results, request.study)
    found, missing = locate_all(request.data_dir, request.study.datasets)
    for reason in missing.values():
        say(f"Not measured: {reason}", console)
    request = replace(request, study=_without(request.study, missing))
    if not request.study.datasets:
        return ExitCode.WANTING  # the data sets named; Iris, in every other study, needs no file
    return carry_out(request, found, missing, console)


def carry_out(
    request: Request,
    files: Mapping[str, Mapping[str, Path]],
    missing: Mapping[str, str],
    console: Console,
) -> int:
    """Trains, exports and reports a study whose data are at hand; returns the exit code.

    To be called within ``interruptible``.

    Args:
        request: What was asked for, of which the study is as much as can be had.
        files: By data set: its files.
        missing: By data set that can't be had: why.
        console: Where the user reads.
    """
    if request.until:
        request = replace(request, study=first_look(request.study))
    study = request.study
    if study.activations:
        xla.check_flags()
    _try_own(study, request.data_dir)
    with Store(request.results / STORE) as store:
        for line in store.notes:
            say(line, console)
        try:
            store.set_study(study)
            study, failed = _train(request, store, console, files, missing)
            _export_and_look(request, study, store, missing)
            # While the store is ours, no other run writes the same files.
            path = _report(request.results)
        except (KeyboardInterrupt, Terminated) as interruption:
            interruption.add_note(_saved(store.last_study() or study, store))
            raise
    say(f"Report: {path}", console)
    wanting = failed or (missing and request.by_name)
    return ExitCode.WANTING if wanting else ExitCode.DONE


def _try_own(study: Study, data_dir: Path | None) -> None:
    """Try the activations and models of the user's own before anything is trained."""
    for name in study.sources:
        if name not in study.own_models:
            own_activation.check(name)
    for name, dataset in product(study.own_models, study.datasets):
        own_activation.quiet()
        from bench.training import own_model  # imports Keras

        own_model.check(name, load(dataset, data_dir))


def _without(study: Study, missing: Mapping[str, str]) -> Study:
    names = tuple(name for name in study.datasets if name not in missing)
    return replace(study, datasets=names, data={name: study.data[name] for name in names})


def _train(
    request: Request,
    store: Store,
    console: Console,
    files: Mapping[str, Mapping[str, Path]],
    not_measured: Mapping[str, str],
) -> tuple[Study, int]:
    """Train what is missing; return the study, grown where asked, and how many trials failed."""
    study, stored, failed = request.study, store.done(request.study), 0
    say(_missing(study, stored), console)
    pool = None
    try:
        while True:
            if keys := plan(study, stored):
                pool = pool or _pool(request, files, keys)
                jobs = runner.jobs(study, keys, workers=pool.width, data_dir=request.data_dir)
                with StudyProgress(jobs, pool.width) as progress:
                    stall = request.stall_timeout
                    stored |= runner.run(study, store, pool, jobs, stall=stall, watch=progress)
                failed += progress.failed
                if plan(study, stored):  # at the learning rates that these trials chose
                    say(_missing(study, stored), console)
                continue
            grown = _look_on(request, study, store, not_measured, console)
            if grown is None:
                if lost := without_loss(stored):
                    told = "had no tuning trial with a loss: the default is taken"
                    say(f"{lost:,} choices of a learning rate {told}.", console)
                return study, failed
            study, stored = grown, store.done(grown) | stored
            store.set_study(study)
            say(_missing(study, stored), console)
    finally:
        if pool:
            pool.close()


def _missing(study: Study, stored: Mapping[TrialKey, Done]) -> str:
    asked, missing = len(study.keys(study.chosen(stored))), len(plan(study, stored))
    return f"{asked - missing:,} of {asked:,} trials are stored, {missing:,} to train."


def _look_on(
    request: Request,
    study: Study,
    store: Store,
    not_measured: Mapping[str, str],
    console: Console,
) -> Study | None:
    """Look at a complete study where that was asked for; return what to train next, if anything."""
    if not request.until:
        return None
    if look_of(looks_at(store, study), study) is None:
        _export_and_look(request, study, store, not_measured)
    grown, told = until_decided.next_study(store, study)
    say(told, console)
    return grown


def _pool(
    request: Request, files: Mapping[str, Mapping[str, Path]], keys: Sequence[TrialKey]
) -> Pool:
    """Where the study is trained."""
    if all(key.activation in CLASSICAL for key in keys):
        return Pool()  # no worker is worth its start, which imports TensorFlow
    if request.scheduler:
        from bench.training.pools.dask_pool import DaskPool  # an optional package

        sent = {name: path for paths in files.values() for name, path in paths.items()}
        own = sorted({name.partition(":")[0] for name in request.study.sources})
        modules = {module for name in own for module in source_hash.parts(name)[0]}
        return DaskPool(request.scheduler, sent, partial(what_decides, own), modules=modules)
    workers = request.workers or cores()
    return ProcessPool(workers) if workers > 1 else Pool()


@contextmanager
def _terminable() -> Iterator[None]:
    """Turns SIGTERM and SIGINT into exceptions, so that workers are ended and the store is closed.

    SIGINT too: a shell starts what runs in the background with SIGINT ignored. Only the first
    signal counts: a second one would cut the closing short.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise Terminated if number == signal.SIGTERM else KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _saved(study: Study, store: Store) -> str:
    asked = len(study.keys(store.chosen(study)))
    saved = len(store.done(study))
    return f"Saved {saved:,} of {asked:,} trials; the same command goes on from there."


def _export_and_look(
    request: Request, study: Study, store: Store, not_measured: Mapping[str, str]
) -> None:
    from bench.exports import export

    export(store, study, request.results, provenance(study, sys.argv[1:], not_measured))
    until_decided.take_look(store, study, request.results, ordinary=not request.until)
    write_looks(store, study, request.results)


def _report(results: Path) -> Path:
    from bench.reporting.report import write_report  # matplotlib is not needed before

    return write_report(results)


@contextmanager
def exported(results: Path) -> Iterator[None]:
    """Exports the last study again where there is a store; a fresh clone has the files alone.

    So has a folder that can't be written.

    What only the run itself could know (command, commit, machine) is kept from its export. No run
    changes the files before the ``with`` block ends.

    Raises:
        UserError: The store can't be read, or is a link.
    """
    if not (results / STORE).exists() or not _writable(results):
        yield
        return
    from bench.exports import export

    with Store(results / STORE) as store:
        study = store.last_study()
        if study is not None:
            known = recorded(results / "provenance.json", study)
            export(store, study, results, known or provenance(study, sys.argv[1:], {}))
        yield


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
