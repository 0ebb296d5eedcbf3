"""Sections of the report, one question each: a function from the study to its blocks."""
