"""report.md as one self-contained page: its text and tables, and figures that answer."""
