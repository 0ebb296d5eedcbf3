"""Statistics, comparisons, claims: data frames in, data frames out.

Nothing here knows TensorFlow, prints, or touches a file but claims and published figures. SciPy
and statsmodels do the arithmetic.
"""

LEVEL = 0.95  # of every interval
ALPHA = 0.05  # of every test; stated, since 1 - 0.95 is not 0.05 in binary
