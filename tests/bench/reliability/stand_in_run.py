"""``adaact-bench`` with a stand-in trainer of milliseconds, many times over.

Only a process that imports this file has that trainer: no option of the command line leads to it.
``serve`` imports what ``run`` imports, once; each command is then a fork, in a process group of its
own, so that random moments fall into its work instead of its imports.
"""

import hashlib
import json
import multiprocessing.context
import os
import resource
import sys
import tempfile
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

from tests import helpers

IMPORTED = (
    *("scipy.stats", "sklearn.datasets", "sklearn.ensemble", "sklearn.linear_model"),
    *(
        "bench.cli.until_decided",
        "bench.cli.provenance",
        "bench.cli.run_study",
        "bench.exports.json_records",
    ),
    *("bench.options", "bench.reporting.report", "bench.training.trials.sklearn_trials"),
)


def run(arguments, options, data=None, *, draws=False):
    """Is the command, in this process.

    Args:
        arguments: Of the command.
        options: Of ``helpers.train``.
        data: A folder whose files count as the right ones; None: the real ones do.
        draws: Whether figures are drawn, which takes as long as all the rest.
    """
    from bench.cli import main, run_study
    from bench.reporting import report

    trained = partial(helpers.train, **options)
    run_study.Pool = partial(run_study.Pool, train=trained)
    run_study.ProcessPool = partial(run_study.ProcessPool, train=trained)
    if "--scheduler" in arguments:
        from bench.training.pools import dask_pool

        dask_pool.DaskPool = partial(dask_pool.DaskPool, train=trained)
    if not draws:
        report.draw = lambda *_: None
    # The workers need no TensorFlow, whose import takes longer than the whole study.
    multiprocessing.context.ForkServerContext.set_forkserver_preload = lambda *_: None
    if data:
        _take_for_right(Path(data))
    main(arguments)


def _surround(out="", err="", encoding="", environ=(), lacks=()):
    """Gives the process the streams, variables and system of somebody else.

    Args:
        out: What standard output is: ``closed``, ``pipe`` (whose reader is gone) or ``full``.
        err: What standard error is.
        encoding: Of both.
        environ: Variables.
        lacks: ``forkserver``, or a ``folder`` for temporary files.
    """
    os.environ |= dict(environ)
    for number, name, kind in ((1, "stdout", out), (2, "stderr", err)):
        if encoding:
            getattr(sys, name).reconfigure(encoding=encoding)
        if kind == "closed":
            os.close(number)
            setattr(sys, name, None)  # as Python does when it starts
            setattr(sys, f"__{name}__", None)
        elif kind == "full":
            os.dup2(os.open("/dev/full", os.O_WRONLY), number)
        elif kind == "pipe":
            reader, writer = os.pipe()
            os.dup2(writer, number)
            os.close(reader)
    tempfile.tempdir = None
    if "folder" in lacks:
        tempfile._candidate_tempdir_list = lambda: ["/dev/null/none"]
    if "forkserver" in lacks:
        del multiprocessing.context._concrete_contexts["forkserver"]


def _take_for_right(folder):
    from bench.data import FILES

    for path in folder.iterdir():
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        FILES[path.name] = replace(FILES[path.name], sha256=sha256)


def serve():
    """Starts commands and waits for them; a line of JSON a request, and one an answer."""
    # The forks find all of these imported.
    for name in IMPORTED:
        import_module(name)

    for line in sys.stdin:
        request = json.loads(line)
        answer = _wait(request["wait"]) if "wait" in request else _start(request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _wait(process):
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _start(request):
    if child := os.fork():
        return child
    code = 70
    try:
        os.setsid()
        os.chdir(request["folder"])
        for number, name in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
        _surround(**request["surroundings"])
        if more_bytes := request["memory"]:
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + more_bytes,) * 2)
        run(request["arguments"], request["options"], request["data"])
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - shown to the test, as it would be to a user
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
