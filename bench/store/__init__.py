"""Where finished trials are kept: one SQLite file, one row a trial, one writer.

``rows`` turns a trial into a row that can be checked, ``database`` opens the file, ``faults`` says
in one line what is wrong with it, ``ceilings`` keeps the logistic regressions beside the trials,
``trials`` is what the rest of the suite uses.
"""

from bench.store.trials import Effort, Store

__all__ = ["Effort", "Store"]
