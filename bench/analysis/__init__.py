"""Compute statistics, comparisons and verdicts: data frames in, data frames out.

Nothing here knows TensorFlow, prints, or reads a file. Why something is undecided or not measured
is a code with its numbers, a ``Reason``; ``bench.reporting.reasons`` words it.
"""

LEVEL = 0.95  # of every interval
ALPHA = 0.05  # of every test; stated, since 1 - 0.95 is not 0.05 in binary

Reason = tuple[str | int, ...]  # a code and its numbers; empty where there is none
