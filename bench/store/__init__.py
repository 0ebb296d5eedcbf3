"""Keep finished trials: one SQLite file, one row a trial, one writer.

``rows`` turns a trial into a row that can be checked, ``database`` opens the file, ``migration``
brings an older one up to date, ``sqlite_errors`` says in one line what is wrong with it, ``trials``
is what the rest of the suite uses.
"""

from bench.store.trials import Effort, Look, Store

__all__ = ["Effort", "Look", "Store"]
