"""A process that stores the missing trials of the stand-in study, block by block.

Usage: ``python writer.py STORE SEEDS``. Prints ``open``, then a line a committed block: its keys.
"""

import json
import runpy
import sys
from pathlib import Path

from bench.errors import UserError
from bench.store import Store

BLOCK = 3


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(path: str, seeds: str) -> None:
    stand_in = runpy.run_path(str(Path(__file__).parents[1] / "stand_in.py"))
    study = stand_in["stand_in_study"](int(seeds))
    with Store(Path(path)) as store:
        say("open")
        missing = store.missing(study)
        for start in range(0, len(missing), BLOCK):
            keys = missing[start : start + BLOCK]
            for dataset in dict.fromkeys(key.dataset for key in keys):
                trials = [stand_in["stand_in_trial"](key) for key in keys if key.dataset == dataset]
                store.add(trials, study.fingerprint(dataset), seconds=0.5)
                say(json.dumps([trial.key for trial in trials]))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except UserError as error:
        sys.exit(str(error))
