"""The report: tables, figures and sentences made from the exported rows."""

from bench.data.files import house_libraries

house_libraries()  # matplotlib is imported by some of the modules below
