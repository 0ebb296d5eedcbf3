"""Sections of the report, one question each; ``SECTIONS`` of ``report`` has their order."""
