"""``run``: locate the data, train what is missing, export, report; interrupted at any time."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from baselines import CLASSICAL
from bench import runner
from bench.cli import until_decided
from bench.cli.downloads import locate_all
from bench.cli.overwriting import STORE, spare
from bench.cli.progress import StudyProgress
from bench.cli.provenance import provenance, recorded
from bench.cli.signals import Interrupted
from bench.cli.terminal import say
from bench.data import load
from bench.errors import ExitCode
from bench.exports.writing import look_of, looks_at, write_looks
from bench.next_trials import first_look, plan, without_loss
from bench.store import Store
from bench.study import what_decides
from bench.training import own_activation, source_hash
from bench.training.pools.process_pool import ProcessPool
from bench.training.pools.worker_pool import Pool, cores
from bench.training.trainers import xla

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bench.options import Request
    from bench.records import Done, TrialKey
    from bench.study import Study


def run_study(request: Request) -> int:
    """Run a study and return the exit code."""
    study = request.study
    spare(request.results, study)
    found, missing = locate_all(request.data_dir, study.datasets)
    for reason in missing.values():
        say(f"Not measured: {reason}", err=True)
    if not found:
        return ExitCode.WANTING  # the data sets named; Iris, in every other study, needs no file
    hashes = {name: study.data[name] for name in found}
    study = replace(study, datasets=tuple(found), data=hashes)
    return carry_out(replace(request, study=study, files=found, not_measured=missing))


def carry_out(request: Request) -> int:
    """Train, export and report a study whose data are at hand; return the exit code."""
    if request.until:
        request = replace(request, study=first_look(request.study))
    if request.study.activations:
        xla.check_flags()
    _try_own(request.study, request.data_dir)
    with Store(request.results / STORE) as store:
        for line in store.notes:
            say(line, err=True)
        try:
            store.set_study(request.study)
            request, failed = _train(request, store)
            _export_and_look(request, store)
            from bench.reporting.report import write_report  # matplotlib is not needed before

            # While the store is ours, no other run writes the same files.
            path = write_report(request.results)
        except Interrupted as interruption:
            interruption.add_note(_saved(store.last_study() or request.study, store))
            raise
    say(f"Report: {path}", err=True)
    wanting = failed or (request.not_measured and request.by_name)
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


def _train(request: Request, store: Store) -> tuple[Request, int]:
    """Train what is missing; return the request, grown where asked, and how many trials failed."""
    stored, failed, pool = store.done(request.study), 0, None
    try:
        while True:
            study = request.study
            say(_missing(study, stored), err=True)
            while keys := plan(study, stored):
                pool = pool or _pool(request, keys)
                jobs = runner.jobs(study, keys, workers=pool.width, data_dir=request.data_dir)
                with StudyProgress(jobs, pool.width) as progress:
                    stall = request.stall_timeout
                    stored |= runner.run(study, store, pool, jobs, stall=stall, watch=progress)
                failed += progress.failed
                if plan(study, stored):  # at the learning rates that these trials chose
                    say(_missing(study, stored), err=True)
            grown = _look_on(request, store) if request.until else None
            if grown is None:
                break
            request = replace(request, study=grown)
            stored |= store.done(grown)
            store.set_study(grown)
    finally:
        if pool:
            pool.close()
    if lost := without_loss(stored):
        told = "had no tuning trial with a loss: the default is taken"
        say(f"{lost:,} choices of a learning rate {told}.", err=True)
    return request, failed


def _missing(study: Study, stored: Mapping[TrialKey, Done]) -> str:
    asked, missing = len(study.keys(study.chosen(stored))), len(plan(study, stored))
    return f"{asked - missing:,} of {asked:,} trials are stored, {missing:,} to train."


def _look_on(request: Request, store: Store) -> Study | None:
    """Look at a complete study; return what to train next, if anything."""
    if look_of(looks_at(store, request.study), request.study) is None:
        _export_and_look(request, store)
    grown, told = until_decided.next_study(store, request.study)
    say(told, err=True)
    return grown


def _pool(request: Request, keys: Sequence[TrialKey]) -> Pool:
    """Where the study is trained."""
    if all(key.activation in CLASSICAL for key in keys):
        return Pool()  # no worker is worth its start, which imports TensorFlow
    if request.scheduler:
        from bench.training.pools.dask_pool import DaskPool  # an optional package

        sent = {name: path for paths in request.files.values() for name, path in paths.items()}
        own = sorted({name.partition(":")[0] for name in request.study.sources})
        modules = {module for name in own for module in source_hash.parts(name)[0]}
        return DaskPool(request.scheduler, sent, partial(what_decides, own), modules=modules)
    workers = request.workers or cores()
    return ProcessPool(workers) if workers > 1 else Pool()


def _saved(study: Study, store: Store) -> str:
    asked, saved = len(study.keys(store.chosen(study))), len(store.done(study))
    return f"Saved {saved:,} of {asked:,} trials"


def _export_and_look(request: Request, store: Store) -> None:
    from bench.exports import export

    study, results = request.study, request.results
    export(store, study, results, provenance(study, sys.argv[1:], request.not_measured))
    until_decided.take_look(store, study, results, ordinary=not request.until)
    write_looks(store, study, results)


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
