"""A table of somebody's own: a file, or one of scikit-learn's data sets, as a ``Dataset``.

``reading`` puts the steps together: ``parsing`` makes a frame of texts, ``sniff`` tells their form,
``target`` makes the classes, ``encoding`` the inputs, ``cautions`` says what to beware of.
"""

from bench.data.dataset import load, save
from bench.data.tables.reading import BUNDLED, bundled, read
from bench.data.tables.records import Column, Reading, Table

__all__ = ["BUNDLED", "Column", "Reading", "Table", "bundled", "load", "read", "save"]
