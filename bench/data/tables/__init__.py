"""A table of somebody's own: a file, or one of scikit-learn's data sets, as a ``Dataset``.

``reading`` puts the steps together: ``files`` finds the text, ``sniff`` its form, ``cells`` makes a
frame of texts, ``target`` the classes, ``columns`` the inputs, ``cautions`` what to beware of.
"""

from bench.data.dataset import load, save
from bench.data.tables.bundled import BUNDLED, bundled
from bench.data.tables.reading import read
from bench.data.tables.records import Column, Reading, Table

__all__ = ["BUNDLED", "Column", "Reading", "Table", "bundled", "load", "read", "save"]
