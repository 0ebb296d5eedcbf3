"""The stored trials as files for people and git, from which a fresh clone makes the report again.

The same trials give the same bytes, in whatever order they were stored; what differs from run to
run (times, attempts, dates) stands in ``provenance.json`` alone. ``trial_rows`` makes a trial's
rows, ``writing`` and ``reading`` are the two ways; only ``reading`` needs pandas.
"""

from bench.exports.writing import export

__all__ = ["export"]
