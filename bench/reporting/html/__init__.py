"""report.md as one self-contained page: its text, tables to sort, and its figures as SVG."""
