"""Measure how often the report's statistics are wrong: ``python -m tools.calibration``."""
