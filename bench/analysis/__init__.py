"""Compute statistics, comparisons and verdicts: data frames in, data frames out.

Nothing here knows TensorFlow, prints, or reads a file but claims and published values.
"""

LEVEL = 0.95  # of every interval
ALPHA = 0.05  # of every test; stated, since 1 - 0.95 is not 0.05 in binary
