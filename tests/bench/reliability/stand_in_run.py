"""``adaact-bench`` with a stand-in trainer of milliseconds, many times over.

Only a process that imports this file has that trainer: it lies outside the packages, and no option
of the command line leads to it. ``serve`` imports what ``run`` imports, once; each command is then
a fork, in a process group of its own, so that random moments fall into its work instead of its
imports.
"""

import hashlib
import json
import multiprocessing.context
import os
import resource
import runpy
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.records import Trial, TrialKey

STAND_IN = runpy.run_path(str(Path(__file__).parents[1] / "stand_in.py"))
LOSSES = dict.fromkeys(("train_loss", "validation_loss"), 0.5)
LEAK = {"leaked_test_accuracy": 0.75}
FOLD = {"collapse_error": 1e-7}


def make(key: TrialKey, state: str = "ok") -> Trial:
    """The one trial that a key ever gives, with all that a report asks for."""
    if state == "diverged":
        return STAND_IN["stand_in_trial"](key, state)
    made = STAND_IN["stand_in_trial"](key)
    more = LOSSES | ({} if key.protocol == "paper" else LEAK)
    more |= FOLD if key.activation == "adaact" else {}
    return replace(made, scores=made.scores | more, constant=state == "constant")


def train(block, on_epoch, *, log, seconds=0.0, faults=(), load=False):
    """What a block gives, after so many seconds a seed.

    Args:
        block: The block.
        on_epoch: Told of two epochs.
        log: Folder; each attempt leaves its process id in a file of the block's own.
        seconds: How long a seed takes.
        faults: Fault by ``activation`` or ``activation-seed`` of the block's first seed.
        load: Whether the data are read, as the real trainers do.
    """
    name = "-".join((*block.cell, *map(str, block.seeds)))
    with (Path(log) / name).open("a") as file:
        file.write(f"{os.getpid()}\n")
    if load:
        from bench.data import load as read

        read(block.dataset, block.data_dir)
    faults = dict(faults)
    exact = f"{block.activation}-{block.seeds[0]}"
    fault = faults.get(exact, faults.get(block.activation, "ok"))
    match fault:
        case "crash":
            os._exit(3)
        case "hang":
            time.sleep(600)
        case "raise":
            raise ArithmeticError("it fell")
    for epoch in (1, 2):
        time.sleep(seconds * len(block.seeds) / 2)
        on_epoch(dict.fromkeys(block.seeds, epoch))
    return [make(TrialKey(*block.cell, seed), fault) for seed in block.seeds]


def run(arguments, options, data=None):
    """Is the command, in this process.

    Args:
        arguments: Of the command.
        options: Of ``train``.
        data: A folder whose files count as the right ones, of a small MNIST; None: the real ones.
    """
    from bench.cli import main, running
    from bench.reporting import figures

    trained = partial(train, **options)
    running.Pool = partial(running.Pool, train=trained)
    running.ProcessPool = partial(running.ProcessPool, train=trained)
    if "--scheduler" in arguments:
        from bench.training import cluster

        cluster.DaskPool = partial(cluster.DaskPool, train=trained)
    figures.cell_pictures = lambda *_: []
    # The workers need no TensorFlow, whose import takes longer than the whole study.
    multiprocessing.context.ForkServerContext.set_forkserver_preload = lambda *_: None
    if data:
        _take_for_right(Path(data))
    main(arguments)


def _take_for_right(folder):
    from bench.data import FILES, mnist

    mnist.ROWS = {"train": 30, "t10k": 20}
    for path in folder.iterdir():
        if path.name in FILES and path.is_file():
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            FILES[path.name] = replace(FILES[path.name], sha256=sha256)


def serve():
    """Starts commands and waits for them; a line of JSON a request, and one an answer."""
    from bench.cli import running  # noqa: F401 - the forks find all of these imported
    from bench.exports import export  # noqa: F401
    from bench.reporting import report  # noqa: F401

    for line in sys.stdin:
        request = json.loads(line)
        answer = _wait(request["wait"]) if "wait" in request else _start(request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _wait(process):
    _, status, usage = os.wait4(process, 0)
    return {"code": os.waitstatus_to_exitcode(status), "seconds": usage.ru_utime + usage.ru_stime}


def _start(request):
    if child := os.fork():
        return child
    code = 70
    try:
        os.setsid()
        os.chdir(request["folder"])
        for number, name in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
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
