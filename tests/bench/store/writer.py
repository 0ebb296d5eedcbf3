"""A process that stores the missing trials of the stand-in study, block by block.

Usage: ``python -m tests.bench.store.writer STORE SEEDS``. Prints ``open``, then a line a
committed block: its keys.
"""

import json
import sys
from pathlib import Path

from bench.errors import UserError
from bench.store import Store
from tests import helpers

BLOCK = 3


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(path: str, seeds: str) -> None:
    study = helpers.two_sets(int(seeds))
    with Store(Path(path)) as store:
        say("open")
        missing = helpers.missing(store, study)
        for start in range(0, len(missing), BLOCK):
            keys = missing[start : start + BLOCK]
            for dataset in dict.fromkeys(key.dataset for key in keys):
                trials = [helpers.trial(key) for key in keys if key.dataset == dataset]
                store.add(trials, study.fingerprint(dataset), seconds=0.5)
                say(json.dumps([trial.key for trial in trials]))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except UserError as error:
        sys.exit(str(error))
