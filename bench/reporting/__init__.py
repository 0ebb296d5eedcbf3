"""The report: tables, figures and sentences made from the exported rows."""

import os

from bench.data import cache_folder

# Importing matplotlib makes a folder for settings, by default outside of results and cache.
os.environ.setdefault("MPLCONFIGDIR", str(cache_folder() / "matplotlib"))
