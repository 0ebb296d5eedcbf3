"""The report: tables, figures and sentences made from the exported rows."""
